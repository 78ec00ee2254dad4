#include "peer/early_pieces.h"

#include <algorithm>

#include "base/limits.h"
#include "peer/pieces.h"

namespace relais::peer {

void EarlyPieces::send(SyncDelegate& delegate, Outbox& outbox,
                       const reconcile::Differences& changes, std::uint32_t packer) {
  std::vector<std::pair<int, std::uint32_t>> by_priority;
  for (std::uint32_t number = 0; number < changes.size(); ++number) {
    by_priority.emplace_back(delegate.priority(changes[number].log), number);
  }
  std::sort(by_priority.begin(), by_priority.end());
  for (const auto& [priority, number] : by_priority) {
    while (!full_ && send_piece(delegate, outbox, changes[number], number, packer)) continue;
  }
}

// False: nothing more of this log. What can't be read is met again when the transfer begins.
bool EarlyPieces::send_piece(SyncDelegate& delegate, Outbox& outbox,
                             const reconcile::Difference& change, std::uint32_t number,
                             std::uint32_t packer) {
  const auto known = sent_.find(change.log);
  const std::uint64_t after = known == sent_.end() ? change.theirs : known->second.to;
  if (after >= change.ours) return false;
  auto part = delegate.read(change.log, after, std::min(room_, limits::kPieceBytes));
  if (!part || !*part || !is_whole((*part)->piece, change.log, after)) return false;
  const std::size_t bytes = (*part)->piece.entries.size();
  full_ = bytes > room_;
  if (full_) return false;
  Sent& sent = sent_.try_emplace(change.log, Sent{after, after, 0, 0, false, {}}).first->second;
  sent.to = after + log::block_count((*part)->piece.entries);
  wire::message::Piece piece =
      make_piece(delegate, std::move(**part), number, sent.seals, sent.from == 0, packer);
  piece.early = true;
  sent.joint = sent.joint || piece.joint;
  sent.bytes += bytes;
  ++sent.pieces;
  room_ -= bytes;
  outbox.send(std::move(piece));
  return true;
}

const EarlyPieces::Sent* EarlyPieces::find(const log::LogId& log, std::uint64_t theirs) const {
  const auto found = sent_.find(log);
  return found != sent_.end() && found->second.from == theirs ? &found->second : nullptr;
}

std::uint64_t EarlyPieces::changes() const {
  std::uint64_t changes = 0;
  for (const auto& [log, sent] : sent_) changes += sent.to - sent.from;
  return changes;
}

void EarlyPieces::count(Report& report) const {
  for (const auto& [log, sent] : sent_) report.segments_sent += sent.pieces;
  report.changes_sent += changes();
}

}  // namespace relais::peer

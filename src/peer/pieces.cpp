#include "peer/pieces.h"

#include <algorithm>

#include "base/limits.h"
#include "log/short_seal.h"

namespace relais::peer {

bool is_whole(const log::Piece& piece, const log::LogId& log, std::uint64_t after) {
  return piece.log == log && piece.first_seq == after + 1 && log::block_count(piece.entries) > 0;
}

wire::message::Piece make_piece(SyncDelegate& delegate, SyncDelegate::SealedPiece part,
                                std::uint32_t number, std::deque<Bytes>& seals,
                                bool unknown_to_peer, std::uint32_t packer) {
  const std::uint64_t end = part.piece.first_seq - 1 + log::block_count(part.piece.entries);
  wire::message::Piece piece;
  piece.log = number;
  piece.first_seq = part.piece.first_seq;
  piece.entries = std::move(part.piece.entries);
  if (piece.first_seq > 1) {
    const auto run = delegate.run_at(part.piece.log, piece.first_seq - 1);
    if (run && *run == log::first_run_header(piece.entries)) {
      piece.entries = log::without_run_header(piece.entries);
    }
  }
  // Who holds another history of the log could restore nothing.
  if (packer != 0 && !delegate.is_forked(part.piece.log)) {
    auto joint = delegate.join(part.piece.log, piece.first_seq - 1, piece.entries, packer);
    piece.joint = joint.has_value();
    if (joint) piece.entries = *std::move(joint);
  }
  if (std::find(seals.begin(), seals.end(), part.seal) != seals.end()) return piece;
  if (const auto seal = wire::decode_seal(part.seal)) {
    piece.seal = log::encode_short(*seal, end, unknown_to_peer && seals.empty());
  }
  seals.push_back(std::move(part.seal));
  if (seals.size() > limits::kSealsAhead) seals.pop_front();
  return piece;
}

}  // namespace relais::peer

#include "peer/sender.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "base/try.h"
#include "peer/errors.h"

namespace relais::peer {

void Sender::start(const std::vector<reconcile::Difference>& to_send) {
  for (const reconcile::Difference& difference : to_send) {
    Stream& stream = streams_[difference.log];
    stream.log = difference.log;
    stream.priority = host_.priority(difference.log);
    stream.target = difference.ours;
    stream.sent = stream.stored = difference.theirs;
    to_send_ += difference.ours - difference.theirs;
    waiting_.push_back(&stream);
  }
  unsent_ = streams_.size();
  std::stable_sort(waiting_.begin(), waiting_.end(),
                   [](const Stream* a, const Stream* b) { return a->priority < b->priority; });
}

Status Sender::fill() {
  while (outbox_.is_short()) {
    activate();
    if (ready_.empty()) break;
    Stream& stream = *ready_.front();
    ready_.pop_front();
    if (stream.over) continue;
    RELAIS_TRY(advance(stream));
    if (!stream.over && !stream.blocked) ready_.push_back(&stream);
  }
  return {};
}

void Sender::activate() {
  while (active_ < limits::kStreamsAtOnce && !waiting_.empty()) {
    Stream& next = *waiting_.front();
    if (active_ > 0 && next.priority != priority_) return;
    waiting_.pop_front();
    if (next.over) continue;
    priority_ = next.priority;
    next.active = true;
    ++active_;
    ready_.push_back(&next);
  }
}

Status Sender::advance(Stream& stream) {
  if (!stream.opened) RELAIS_TRY(open(stream));
  RELAIS_ASSIGN(const bool may_send, read(stream));
  stream.blocked = !may_send;
  return may_send ? send_piece(stream) : Status();
}

Status Sender::open(Stream& stream) {
  RELAIS_ASSIGN(std::vector<Bytes> seals, host_.seals(stream.log, stream.sent));
  for (Bytes& seal : seals) stream.seals.push_back(std::move(seal));
  stream.opened = true;
  return {};
}

Result<bool> Sender::read(Stream& stream) {
  if (!stream.held) {
    const bool window_full =
        stream.in_flight_bytes > 0 &&
        stream.in_flight_bytes + limits::kPieceBytes > limits::kStreamWindowBytes;
    if (window_full) return false;
    RELAIS_ASSIGN(stream.held, host_.read(stream.log, stream.sent, limits::kPieceBytes));
    if (!stream.held) return damaged("it ends before the head that was announced.");
    RELAIS_CHECK(stream.held->log == stream.log && stream.held->first_seq == stream.sent + 1);
  }
  return stream.in_flight_bytes == 0 ||
         stream.in_flight_bytes + stream.held->entries.size() <= limits::kStreamWindowBytes;
}

Status Sender::send_seals(Stream& stream, std::uint64_t up_to) {
  while (stream.sealed < up_to) {
    if (stream.seals.empty()) return damaged("a seal is missing.");
    Bytes seal = std::move(stream.seals.front());
    stream.seals.pop_front();
    const auto decoded = wire::decode_seal(seal);
    if (!decoded) return damaged("a seal doesn't decode.");
    const auto header = wire::decode_seal_header(decoded->header);
    if (!header || header->heads.empty()) return damaged("a seal doesn't decode.");
    stream.sealed = header->heads.back().seq;
    outbox_.send(wire::message::Seal{std::move(seal)});
  }
  return {};
}

Status Sender::send_piece(Stream& stream) {
  log::Piece piece = std::move(*stream.held);
  stream.held.reset();
  const std::size_t changes = log::block_count(piece.entries);
  if (changes == 0) return damaged("its blocks don't decode.");
  const std::uint64_t last = stream.sent + changes;
  RELAIS_TRY(send_seals(stream, last));
  stream.in_flight.push_back({last, piece.entries.size()});
  stream.in_flight_bytes += piece.entries.size();
  outbox_.send(wire::message::Piece{stream.log.compartment, stream.log.author, piece.first_seq,
                                    std::move(piece.entries)});
  ++report_.segments_sent;
  report_.changes_sent += changes;
  sent_ += changes;
  stream.sent = last;
  if (stream.sent >= stream.target) end(stream);
  return {};
}

void Sender::end(Stream& stream) {
  if (stream.active) --active_;
  stream.active = false;
  stream.over = true;
  stream.seals.clear();
  stream.held.reset();
  --unsent_;
}

Result<bool> Sender::handle(const wire::message::Ack::Stored& ack) {
  const auto found = streams_.find({ack.compartment, ack.author});
  if (found == streams_.end()) return misbehaved("it acknowledged a log that wasn't sent.");
  Stream& stream = found->second;
  if (ack.stored < stream.stored || ack.stored > stream.sent) {
    return misbehaved("it acknowledged a place that wasn't sent.");
  }
  free_window(stream, ack.stored);
  if (!ack.refused || stream.refused) return false;
  stream.refused = true;
  if (!stream.over) end(stream);
  return true;
}

void Sender::free_window(Stream& stream, std::uint64_t stored) {
  stream.stored = stored;
  while (!stream.in_flight.empty() && stream.in_flight.front().last <= stored) {
    stream.in_flight_bytes -= stream.in_flight.front().bytes;
    stream.in_flight.pop_front();
  }
  if (stream.blocked && !stream.over) {
    stream.blocked = false;
    ready_.push_back(&stream);
  }
}

}  // namespace relais::peer

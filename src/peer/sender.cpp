#include "peer/sender.h"

#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "peer/errors.h"
#include "peer/evidence.h"
#include "peer/pieces.h"

namespace relais::peer {

void Sender::start(const reconcile::Differences& differences, const EarlyPieces& early) {
  for (std::uint32_t number = 0; number < differences.size(); ++number) {
    const reconcile::Difference& difference = differences[number];
    if (difference.ours <= difference.theirs) continue;
    Stream& stream = streams_[number];
    stream.log = difference.log;
    stream.number = number;
    stream.priority = delegate_.priority(difference.log);
    stream.unknown_to_peer = difference.theirs == 0;
    stream.target = difference.ours;
    stream.sent = stream.stored = difference.theirs;
    to_send_ += difference.ours - difference.theirs;
  }
  unsent_ = streams_.size();
  for (auto& [number, stream] : streams_) {
    if (const auto* sent = early.find(stream.log, stream.sent)) skip(stream, *sent);
    if (!stream.done) waiting_.push_back(&stream);
  }
  std::stable_sort(waiting_.begin(), waiting_.end(),
                   [](const Stream* a, const Stream* b) { return a->priority < b->priority; });
}

// The peer takes in what was sent early.
void Sender::skip(Stream& stream, const EarlyPieces::Sent& sent) {
  const std::uint64_t changes = sent.to - stream.sent;
  report_.segments_sent += sent.pieces;
  report_.changes_sent += changes;
  sent_ += changes;
  stream.sent = sent.to;
  stream.seals = sent.seals;
  stream.in_flight.push_back({sent.to, sent.bytes});
  stream.in_flight_bytes = sent.bytes;
  stream.on_trial = sent.joint;
  if (stream.sent >= stream.target) finish(stream);
}

Status Sender::fill() {
  while (outbox_.has_room()) {
    activate();
    if (ready_.empty()) break;
    Stream& stream = *ready_.front();
    ready_.pop_front();
    if (stream.done) continue;
    RELAIS_TRY(advance(stream));
    if (!stream.done && !stream.blocked) ready_.push_back(&stream);
  }
  return {};
}

void Sender::activate() {
  while (active_ < limits::kStreamsAtOnce && !waiting_.empty()) {
    Stream& next = *waiting_.front();
    if (active_ > 0 && next.priority != priority_) return;
    waiting_.pop_front();
    if (next.done) continue;
    priority_ = next.priority;
    next.active = true;
    ++active_;
    ready_.push_back(&next);
  }
}

Status Sender::advance(Stream& stream) {
  const Result<bool> may_send = read(stream);
  if (may_send) {
    stream.blocked = !*may_send;
    if (*may_send) send_piece(stream);
    return {};
  }
  const ErrorCode code = may_send.error().code();
  if (code != ErrorCode::corrupt && code != ErrorCode::store_corrupt) return may_send.error();
  stream.refused = true;
  unreadable_.push_back(stream.log);
  end(stream);
  return {};
}

// Until the peer has restored one piece, the next may be in vain.
bool Sender::may_read(const Stream& stream) const {
  if (stream.in_flight_bytes == 0) return true;
  return !stream.on_trial &&
         stream.in_flight_bytes + limits::kPieceBytes <= limits::kStreamWindowBytes;
}

Result<bool> Sender::read(Stream& stream) {
  if (!stream.read_ahead) {
    if (!may_read(stream)) return false;
    RELAIS_ASSIGN(stream.read_ahead, delegate_.read(stream.log, stream.sent, limits::kPieceBytes));
    if (!stream.read_ahead) return damaged("it ends before the head that was announced.");
    RELAIS_TRY(check(stream, *stream.read_ahead));
  }
  return stream.in_flight_bytes == 0 ||
         stream.in_flight_bytes + stream.read_ahead->piece.entries.size() <=
             limits::kStreamWindowBytes;
}

Status Sender::check(const Stream& stream, const SyncDelegate::SealedPiece& part) const {
  if (!is_whole(part.piece, stream.log, stream.sent)) return damaged("its blocks can't be read.");
  if (part.piece.entries.size() > limits::kLargestPieceBytes) {
    return damaged("its signed heads lie too far apart.");
  }
  return {};
}

void Sender::send_piece(Stream& stream) {
  SyncDelegate::SealedPiece part = *std::exchange(stream.read_ahead, std::nullopt);
  const std::size_t changes = log::block_count(part.piece.entries);
  const std::uint64_t last = stream.sent + changes;
  stream.in_flight.push_back({last, part.piece.entries.size()});
  stream.in_flight_bytes += part.piece.entries.size();
  wire::message::Piece piece = make_piece(delegate_, std::move(part), stream.number, stream.seals,
                                          stream.unknown_to_peer, stream.verbatim ? 0 : packer_);
  stream.on_trial = piece.joint && !stream.restored;
  outbox_.send(std::move(piece));
  ++report_.segments_sent;
  report_.changes_sent += changes;
  sent_ += changes;
  stream.sent = last;
  if (stream.sent >= stream.target) finish(stream);
}

void Sender::finish(Stream& stream) {
  end(stream);
  if (delegate_.is_forked(stream.log)) show_evidence(stream);
}

// After all of the log. The peer leaves the log out once it has both seals, and so do we.
void Sender::show_evidence(Stream& stream) {
  if (peer::show_evidence(delegate_, outbox_, stream.log) != limits::kEvidenceSeals) return;
  stream.refused = true;
  forked_.push_back(stream.log);
}

void Sender::end(Stream& stream) {
  if (stream.active) --active_;
  stream.active = false;
  stream.done = true;
  stream.seals.clear();
  stream.read_ahead.reset();
  --unsent_;
}

Result<Sender::Answer> Sender::handle(const wire::message::Ack::Stored& ack) {
  const auto found = streams_.find(ack.log);
  if (found == streams_.end()) return misbehaved("it acknowledged a log that was not sent to it.");
  Stream& stream = found->second;
  if (ack.stored < stream.stored || ack.stored > stream.sent) {
    return misbehaved("it acknowledged more of a log than was sent to it.");
  }
  free_window(stream, ack.stored);
  if (stream.refused) return Answer::accepted;
  if (ack.refused) {
    stream.refused = true;
    if (!stream.done) end(stream);
    return Answer::refused;
  }
  if (!ack.verbatim) return Answer::accepted;
  if (packer_ == 0 || stream.verbatim) {
    return misbehaved("it asked for a log as it is that was sent so.");
  }
  resend(stream, ack.stored);
  return Answer::resends;
}

// All that was sent after `stored` is lost.
void Sender::resend(Stream& stream, std::uint64_t stored) {
  const std::uint64_t lost = stream.sent - stored;
  sent_ -= lost;
  report_.changes_sent -= lost;
  stream.verbatim = true;
  stream.on_trial = false;
  stream.sent = stored;
  stream.seals.clear();
  stream.read_ahead.reset();
  stream.in_flight.clear();
  stream.in_flight_bytes = 0;
  if (!stream.done) return;
  stream.done = false;
  ++unsent_;
  waiting_.push_front(&stream);
}

void Sender::free_window(Stream& stream, std::uint64_t stored) {
  if (stored > stream.stored) {
    stream.restored = true;
    stream.on_trial = false;
  }
  stream.stored = stored;
  while (!stream.in_flight.empty() && stream.in_flight.front().last <= stored) {
    stream.in_flight_bytes -= stream.in_flight.front().bytes;
    stream.in_flight.pop_front();
  }
  if (stream.blocked && !stream.done) {
    stream.blocked = false;
    ready_.push_back(&stream);
  }
}

}  // namespace relais::peer

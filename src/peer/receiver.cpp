#include "peer/receiver.h"

#include <algorithm>

#include "access/membership.h"
#include "base/limits.h"
#include "base/try.h"
#include "peer/errors.h"
#include "peer/evidence.h"

namespace relais::peer {
namespace {

/// The head of the log at `seq`, which lies in the piece or at its end.
log::Head head_at(const log::VerifiedPiece& piece, std::uint64_t seq) {
  if (seq >= piece.after().seq) return piece.after();
  return {seq, piece.item(static_cast<std::size_t>(seq - piece.before().seq)).before};
}

bool signs(const Bytes& seal, const log::Head& head) {
  const auto decoded = wire::decode_seal(seal);
  const log::SignedHead wanted{head.seq, head.hash};
  return decoded && std::find(decoded->header.heads.begin(), decoded->header.heads.end(), wanted) !=
                        decoded->header.heads.end();
}

/// The last seal that came, and the one that signs the end of this piece, which the delegate may
/// have dropped meanwhile.
std::vector<Bytes> seals_for(const log::Verifier& verifier, const log::Head& end) {
  const std::vector<Bytes> known = verifier.seals();
  std::vector<Bytes> seals;
  const auto signs_end = [&](const Bytes& seal) { return signs(seal, end); };
  const auto signing = std::find_if(known.begin(), known.end(), signs_end);
  if (signing != known.end()) seals.push_back(*signing);
  if (!known.empty() && signing != known.end() - 1) seals.push_back(known.back());
  return seals;
}

}  // namespace

void Receiver::expect(const reconcile::Differences& differences) {
  for (const reconcile::Difference& difference : differences) {
    if (difference.theirs <= difference.ours) continue;
    announced_.emplace(difference.log, difference.theirs);
    to_receive_ += difference.theirs - difference.ours;
  }
  missing_ = announced_.size();
}

// Announcing costs the peer little, so nothing is allocated for a log until a part of it arrives.
Receiver::Incoming* Receiver::find(const log::LogId& log) {
  if (const auto found = incoming_.find(log); found != incoming_.end()) return &found->second;
  const auto announced = announced_.find(log);
  if (announced == announced_.end()) return nullptr;
  log::Head from = reconcile::head_of(context_.stage.inventory(), log);
  if (from.seq == 0) from = log::genesis(context_.space, log);
  Incoming& incoming = incoming_.try_emplace(log, log, from).first->second;
  incoming.announced = announced->second;
  announced_.erase(announced);
  return &incoming;
}

bool Receiver::handle_refusal(const log::LogId& log) {
  Incoming* incoming = find(log);
  if (incoming == nullptr) return false;
  if (incoming->refused) return true;  // both sides refused it at once
  if (incoming->done) return false;
  context_.report.refused.push_back(log);
  refuse(*incoming);
  return true;
}

Status Receiver::handle(wire::message::Seal seal) {
  auto verified = log::verify_seal(
      seal.seal, context_.space,
      [this](const crypto::SigningPublicKey& key) { return checked_keys_.contains(key); });
  if (!verified && verified.error().code() == ErrorCode::unsupported_version) return too_new();
  if (!verified) return misbehaved("it sent an invalid seal.");
  checked_keys_.insert(verified->header.device_key);
  Incoming* incoming = find(verified->log);
  if (incoming == nullptr) return handle_conflicting_seal(verified->log, seal.seal);
  // The peer learnt that it is forked before it read that a part is asked for again.
  if (incoming->awaits_verbatim) {
    context_.report.refused.push_back(incoming->log);
    refuse(*incoming);
  }
  if (incoming->refused) return add_evidence(incoming->log, seal.seal);
  if (incoming->done) return handle_peer_fork(*incoming, seal.seal);
  return misbehaved("it sent a seal of a log before all of the log.");
}

Status Receiver::handle_conflicting_seal(const log::LogId& log, const Bytes& seal) {
  if (!context_.stage.includes(log)) {
    return misbehaved("it sent a seal of a log that it had not announced.");
  }
  return add_evidence(log, seal);
}

// A seal of a log received whole: the peer knows it as forked. Once both seals are here, it is
// forked here too.
Status Receiver::handle_peer_fork(Incoming& incoming, const Bytes& seal) {
  if (!evidence_.contains(incoming.log)) context_.report.forked.push_back(incoming.log);
  RELAIS_TRY(add_evidence(incoming.log, seal));
  if (evidence_[incoming.log].size() < limits::kEvidenceSeals) return {};
  ++missing_;  // it was counted as received
  refuse(incoming);
  return {};
}

Status Receiver::add_evidence(const log::LogId& log, const Bytes& seal) {
  std::vector<Bytes>& shown = evidence_[log];
  if (shown.size() == limits::kEvidenceSeals) return misbehaved("it sent too many seals.");
  shown.push_back(seal);
  context_.delegate.report_fork(log, shown);
  return {};
}

Status Receiver::handle(const log::LogId& log, wire::message::Piece piece, Now now) {
  Incoming* incoming = find(log);
  if (incoming == nullptr && piece.early) return {};
  if (incoming == nullptr) return misbehaved("it sent a piece of a log that it had not announced.");
  const bool continues = !incoming->done && piece.first_seq == incoming->verifier.head().seq + 1;
  if (piece.early && !continues) incoming->passes_over_early = true;
  if (incoming->refused || (piece.early && incoming->passes_over_early)) return {};
  if (incoming->done) return misbehaved("it sent more of a log than it had announced.");
  if (incoming->awaits_verbatim && (piece.joint || !continues)) return {};
  if (!continues) return misbehaved("it sent a piece out of order.");
  if (std::exchange(incoming->awaits_verbatim, false)) {
    --awaited_verbatim_;
    incoming->verbatim = true;
  }
  if (piece.joint && incoming->verbatim) {
    return misbehaved("it sent a joint piece of a log that it was asked for as it is.");
  }
  if (piece.joint) return handle_joint(*incoming, std::move(piece), now);
  auto verified = verify(*incoming, {log, piece.first_seq, std::move(piece.entries)}, piece.seal);
  if (!verified) return handle_unverified(*incoming, verified.error());
  return store(*incoming, std::move(*verified), now);
}

// Whatever is wrong, the blocks as they are show it. Restoring costs more than sending, so that a
// peer has few attempts.
Status Receiver::handle_joint(Incoming& incoming, wire::message::Piece piece, Now now) {
  if (unrestored_ < limits::kUnrestoredPieces) {
    auto entries = context_.delegate.split(incoming.log, incoming.verifier.head(), piece.entries);
    if (entries) {
      auto verified =
          verify(incoming, {incoming.log, piece.first_seq, *std::move(entries)}, piece.seal);
      if (verified) {
        ack_now_ = ack_now_ || incoming.stored == incoming.from;  // the peer waits for the first
        return store(incoming, std::move(*verified), now);
      }
    }
    ++unrestored_;
  }
  ask_verbatim(incoming);
  return {};
}

void Receiver::ask_verbatim(Incoming& incoming) {
  incoming.awaits_verbatim = incoming.asks_verbatim = true;
  ++awaited_verbatim_;
  ack_now_ = true;
  mark_dirty(incoming);
}

Result<log::VerifiedPiece> Receiver::verify(Incoming& incoming, log::Piece piece, BytesView seal) {
  if (!log::begins_run(piece.entries) && piece.first_seq > 1) {
    RELAIS_ASSIGN(const Bytes run, context_.delegate.run_at(incoming.log, piece.first_seq - 1));
    piece.entries = log::with_run_header(piece.entries, run);
  }
  if (seal.empty()) return incoming.verifier.verify(std::move(piece));
  const std::uint64_t end = piece.first_seq - 1 + log::block_count(piece.entries);
  const auto decoded = log::decode_short_seal(seal, end);
  if (!decoded && decoded.error().code() == ErrorCode::unsupported_version) return decoded.error();
  if (!decoded) return misbehaved("it sent an invalid seal.");
  if (!decoded->author) RELAIS_TRY(find_author(incoming));
  const log::HeldLog held{incoming.author, [&](std::uint64_t seq) {
                            return context_.delegate.hash_at(incoming.log, seq);
                          }};
  auto verified = incoming.verifier.verify(
      std::move(piece), *decoded, held, context_.space,
      [this](const crypto::SigningPublicKey& key) { return checked_keys_.contains(key); });
  if (!verified) return verified;
  checked_keys_.insert(verified->device_key());
  if (decoded->author) incoming.author = decoded->author;
  return verified;
}

// Nothing is found if no part of the log is held: then the peer should have named the author.
Status Receiver::find_author(Incoming& incoming) {
  if (incoming.author || incoming.from == 0) return {};
  RELAIS_ASSIGN(incoming.author, context_.delegate.author_of(incoming.log));
  return {};
}

Status Receiver::store(Incoming& incoming, log::VerifiedPiece piece, Now now) {
  const log::Head after = piece.after();
  const log::Head end = head_at(piece, incoming.announced);
  const std::size_t changes = piece.size();
  const std::size_t bytes = piece.piece().entries.size();
  const std::vector<Bytes> seals = seals_for(incoming.verifier, after);
  RELAIS_ASSIGN(const InboundResult result, context_.delegate.store(std::move(piece), seals));
  ++context_.report.segments_received;
  context_.report.changes_received += changes;
  received_ += changes;
  pending_bytes_ += bytes;
  if (!commit_at_) commit_at_ = now.monotonic + limits::kCommitBatchTime;
  if (result != InboundResult::stored) {
    leave_out(incoming, result, changes);
  } else {
    incoming.stored = after.seq;
    incoming.unacknowledged += bytes;
    ack_now_ = ack_now_ || incoming.unacknowledged >= limits::kStreamWindowBytes / 2;
    if (!incoming.pending) pending_.push_back(&incoming);
    incoming.pending = true;
    mark_dirty(incoming);
    if (after.seq >= incoming.announced) complete_at(incoming, end);
  }
  if (!acknowledge_at_) acknowledge_at_ = now.monotonic + limits::kAckTime;
  return pending_bytes_ >= limits::kCommitBatchBytes ? make_durable() : Status();
}

void Receiver::leave_out(Incoming& incoming, InboundResult result, std::size_t changes) {
  if (result == InboundResult::forked) {
    context_.report.forked.push_back(incoming.log);
  } else {
    context_.report.changes_held_back += changes;
    context_.report.refused.push_back(incoming.log);
  }
  refuse(incoming);
}

// A log held here in part, whose next piece leads to no signed head: either its author wrote two
// histories or the peer lies, and what is held here cannot tell. The log is left out.
Status Receiver::handle_unverified(Incoming& incoming, const Error& error) {
  const bool first = incoming.stored == incoming.from && incoming.from > 0;
  if (error.code() == ErrorCode::forked || (error.code() == ErrorCode::corrupt && first)) {
    handle_fork(incoming);
    return {};
  }
  // Written by a newer Relais, or breaking a rule of logs, or damaged here: nothing after this
  // position is accepted.
  const auto ends_log = {ErrorCode::unsupported_version, ErrorCode::limit_exceeded,
                         ErrorCode::store_corrupt};
  if (std::find(ends_log.begin(), ends_log.end(), error.code()) != ends_log.end()) {
    context_.report.refused.push_back(incoming.log);
    refuse(incoming);
    return {};
  }
  if (error.code() != ErrorCode::corrupt) return error;  // of this device's store
  return misbehaved("it sent an invalid piece.");
}

void Receiver::handle_fork(Incoming& incoming) {
  context_.report.forked.push_back(incoming.log);
  context_.delegate.report_fork(incoming.log, incoming.verifier.seals());
  if (context_.stage.may_show_evidence()) {
    show_evidence(context_.delegate, context_.outbox, incoming.log);
  }
  context_.delegate.seek_proof(incoming.log);
  refuse(incoming);
}

void Receiver::refuse(Incoming& incoming) {
  if (std::exchange(incoming.awaits_verbatim, false)) --awaited_verbatim_;
  incoming.refused = incoming.done = true;
  --missing_;
  context_.stage.leave_out(incoming.log);
  ack_now_ = true;
  mark_dirty(incoming);
}

void Receiver::complete_at(Incoming& incoming, const log::Head& head) {
  incoming.done = true;
  --missing_;
  context_.stage.received(incoming.log, head);
}

void Receiver::mark_dirty(Incoming& incoming) {
  if (!incoming.dirty) dirty_.push_back(&incoming);
  incoming.dirty = true;
}

Status Receiver::make_durable() {
  commit_at_.reset();
  if (pending_bytes_ == 0) return {};
  RELAIS_TRY(context_.delegate.make_durable());
  pending_bytes_ = 0;
  for (Incoming* incoming : pending_) {
    incoming->pending = false;
    incoming->durable = incoming->stored;
    mark_dirty(*incoming);
  }
  pending_.clear();
  ack_now_ = true;
  return {};
}

void Receiver::flush_if_due() {
  if (ack_now_) flush();
}

void Receiver::flush() {
  wire::message::Ack ack;
  for (Incoming* incoming : dirty_) {
    incoming->dirty = false;
    incoming->unacknowledged = 0;
    ack.logs.push_back({context_.stage.number_of(incoming->log), incoming->stored,
                        incoming->durable, incoming->refused,
                        std::exchange(incoming->asks_verbatim, false)});
    if (ack.logs.size() == limits::kLogsPerAck) context_.outbox.send(std::exchange(ack, {}));
  }
  if (!ack.logs.empty()) context_.outbox.send(std::move(ack));
  dirty_.clear();
  acknowledge_at_.reset();
  ack_now_ = false;
}

Status Receiver::finish() {
  RELAIS_TRY(make_durable());
  const auto needs_no_ack = [](Incoming* incoming) {
    incoming->dirty = incoming->refused;
    return !incoming->refused;
  };
  dirty_.erase(std::remove_if(dirty_.begin(), dirty_.end(), needs_no_ack), dirty_.end());
  flush();
  return {};
}

std::optional<Instant> Receiver::deadline() const {
  if (acknowledge_at_ && commit_at_) return std::min(*acknowledge_at_, *commit_at_);
  return acknowledge_at_ ? acknowledge_at_ : commit_at_;
}

Status Receiver::handle_timeout(Now now) {
  if (commit_at_ && now.monotonic >= *commit_at_) RELAIS_TRY(make_durable());
  if (ack_now_ || (acknowledge_at_ && now.monotonic >= *acknowledge_at_)) flush();
  return {};
}

}  // namespace relais::peer

#include "peer/exchange.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "peer/errors.h"
#include "peer/evidence.h"

namespace relais::peer {
namespace {

wire::message::Vectors agreed() {
  wire::message::Vectors vectors;
  vectors.kind = wire::message::Vectors::Kind::agreed;
  return vectors;
}

}  // namespace

using wire::message::Ack;
using wire::message::Done;
using wire::message::Hello;
using wire::message::Piece;
using wire::message::Seal;
using wire::message::Vectors;

Exchange::Exchange(const Setup& setup, SyncDelegate& delegate, Outbox& outbox, Report& report)
    : setup_(setup),
      delegate_(delegate),
      outbox_(outbox),
      report_(report),
      key_(reconcile::session_key(setup.handshake_hash)) {}

Status Exchange::handle(wire::Message message, Now now) {
  count_answer();
  const bool may_be_early = std::holds_alternative<Hello>(message) ||
                            std::holds_alternative<Vectors>(message) ||
                            std::holds_alternative<Piece>(message);
  if (!may_be_early) RELAIS_TRY(check_early(false));
  RELAIS_TRY(std::visit([&](auto& kind) { return on(kind, now); }, message));
  // A message of the next stage may follow a Done. Else `work` answers all that arrived together.
  return their_done_ ? advance() : Status();
}

// An initiator sends little with its Hello, and nothing of it after other messages.
Status Exchange::check_early(bool early) {
  if (initiates()) return early ? misbehaved("it sent a message out of order.") : Status();
  if (!early) {
    early_messages_ = limits::kEarlyMessages;
  } else if (early_messages_++ >= limits::kEarlyMessages) {
    return misbehaved("it sent too much with its hello.");
  }
  return {};
}

Status Exchange::handle_end() {
  const bool welcomed = !setup_.joining || !report_.certificate.empty();
  if (initiates() && state_ == State::awaiting_hello && welcomed) {
    count_answer();
    early_.count(report_);
    complete_exchange();
    return {};
  }
  const bool all_said = !initiates() && state_ == State::transferring && !stage_->control() &&
                        !setup_.joining && !their_done_ && our_done_ == stage_->left_out();
  if (!all_said || !sender_->all_sent() || !receiver_->all_received()) return {};
  their_done_ = Done{false, stage_->end_root(), stage_->left_out()};
  return end_stage();
}

Status Exchange::on(Vectors& page, Now) {
  RELAIS_TRY(check_early(page.early));
  if (page.early && !takes_early_) return {};
  if (state_ != State::comparing) return misbehaved("it sent vectors out of order.");
  if (page.control != stage_->control()) return misbehaved("it sent vectors of the wrong stage.");
  if (!initiates() && !page.early && !page.more) ++report_.round_trips;
  const bool last = !page.more;
  auto outcome = comparison_->handle(std::move(page));
  if (outcome && !*outcome && last) expect_answer();
  return compared(std::move(outcome));
}

Status Exchange::compared(Result<std::optional<Comparison::Outcome>> outcome) {
  if (!outcome) return outcome.error();
  return *outcome ? begin_transfer(std::move(**outcome)) : Status();
}

Status Exchange::begin_transfer(Comparison::Outcome outcome) {
  state_ = State::transferring;
  reported_forked_ = report_.forked.size();
  reported_refused_ = report_.refused.size();
  reported_held_back_ = report_.changes_held_back;
  stage_->begin(std::move(outcome.differences), comparison_->since_checkpoint());
  const reconcile::Differences& differences = stage_->differences();
  if (outcome.agrees) outbox_.send(agreed());
  for (const reconcile::Difference& difference : differences) {
    if (!difference.forked) continue;
    stage_->leave_out(difference.log);
    report_.forked.push_back(difference.log);
    delegate_.report_fork(difference.log, {});
  }
  show_evidence(differences);
  sender_.emplace(delegate_, outbox_, report_, setup_.packer).start(differences, early_);
  receiver_.emplace(Receiver::Context{setup_.space, delegate_, outbox_, *stage_, report_})
      .expect(differences);
  awaiting_pieces_ = !initiates() && outcome.stated_here;
  if (outcome.stated_here || !sender_->all_sent()) expect_answer();
  return send_more();
}

// If too many logs are forked, starts at a random one, so that over several syncs each is shown.
void Exchange::show_evidence(const reconcile::Differences& differences) {
  std::vector<log::LogId> forked;
  for (const reconcile::Difference& difference : differences) {
    if (difference.forked) forked.push_back(difference.log);
  }
  if (forked.size() > limits::kEvidenceLogs) {
    const std::uint64_t chance = Reader(setup_.handshake_hash.view()).u64();
    const auto first = static_cast<std::ptrdiff_t>(chance % forked.size());
    std::rotate(forked.begin(), forked.begin() + first, forked.end());
  }
  for (const log::LogId& log : forked) {
    if (!stage_->may_show_evidence()) return;
    peer::show_evidence(delegate_, outbox_, log);
  }
}

// A log that cannot be read here is reported to the peer as a refusal.
Status Exchange::send_more() {
  RELAIS_TRY(sender_->fill());
  for (const log::LogId& log : sender_->take_forked()) {
    stage_->leave_out(log);
    report_.forked.push_back(log);
  }
  Ack ack;
  for (const log::LogId& log : sender_->take_unreadable()) {
    leave_out(log);
    ack.logs.push_back({stage_->number_of(log), 0, 0, true});
    if (ack.logs.size() == limits::kLogsPerAck) outbox_.send(std::exchange(ack, {}));
  }
  if (!ack.logs.empty()) outbox_.send(std::move(ack));
  return {};
}

void Exchange::leave_out(const log::LogId& log) {
  stage_->leave_out(log);
  report_.refused.push_back(log);
}

// Logs are transferred only before the peer's Done.
Status Exchange::check_transferring() const {
  if (state_ == State::transferring && !their_done_) return {};
  return misbehaved("it sent a part of a log out of order.");
}

// Also after a Done, if a log was refused meanwhile: then another Done follows.
Status Exchange::on(Seal& seal, Now) {
  const bool owes_done =
      state_ == State::transferring && their_done_ && their_done_->left_out != stage_->left_out();
  if (!owes_done) RELAIS_TRY(check_transferring());
  return receiver_->handle(std::move(seal));
}

Status Exchange::on(Piece& piece, Now now) {
  RELAIS_TRY(check_early(piece.early));
  if (piece.early && !takes_early_) return {};
  RELAIS_TRY(check_transferring());
  const log::LogId* log = nullptr;
  if (piece.early) {
    log = comparison_->early_log(piece.log);
  } else if (const auto* difference = stage_->difference(piece.log)) {
    log = &difference->log;
  }
  if (log == nullptr) return misbehaved("it sent a piece of a log that it had not announced.");
  if (!piece.early && std::exchange(awaiting_pieces_, false)) ++report_.round_trips;
  return receiver_->handle(*log, std::move(piece), now);
}

Status Exchange::on(Ack& ack, Now) {
  if (state_ != State::transferring) return misbehaved("it sent an acknowledgement out of order.");
  for (const Ack::Stored& stored : ack.logs) {
    const reconcile::Difference* difference = stage_->difference(stored.log);
    if (difference == nullptr) return misbehaved("it acknowledged a log that was not sent to it.");
    if (stored.refused && receiver_->handle_refusal(difference->log)) continue;
    RELAIS_ASSIGN(const Sender::Answer answer, sender_->handle(stored));
    if (answer == Sender::Answer::resends) our_done_.reset();
    if (answer != Sender::Answer::refused) continue;
    leave_out(difference->log);
    // It may be forked. The peer can't restore the seals of a history that it doesn't hold.
    const bool took_nothing = difference->theirs > 0 && stored.stored == difference->theirs;
    if (took_nothing && stage_->may_show_evidence()) {
      peer::show_evidence(delegate_, outbox_, difference->log);
    }
  }
  return {};
}

// Sent once, and again whenever a side learns that another log is left out, so the exchange ends.
Status Exchange::on(Done& done, Now) {
  if (state_ != State::transferring) return misbehaved("it sent a done out of order.");
  if (done.control != stage_->control()) return misbehaved("it sent a done of the wrong stage.");
  if (receiver_->awaits_verbatim()) return {};  // another follows what was asked for
  if (!sender_->all_sent() || !receiver_->all_received()) {
    return misbehaved("it sent a done before it had sent everything.");
  }
  if (their_done_ && done.left_out <= their_done_->left_out) {
    return misbehaved("it sent the same done twice.");
  }
  their_done_ = done;
  return {};
}

Status Exchange::advance() {
  const bool moved =
      state_ == State::transferring && sender_->all_sent() && receiver_->all_received();
  if (!moved) return {};
  if (our_done_ != stage_->left_out()) RELAIS_TRY(send_done());
  // Both sides count the same: each refusal is sent before the Done that counts it, and the counts
  // only grow.
  if (their_done_ && their_done_->left_out == stage_->left_out()) return end_stage();
  if (their_done_) expect_answer();
  return {};
}

Status Exchange::send_done() {
  RELAIS_TRY(receiver_->finish());
  if (!end_suffices()) {
    outbox_.send(Done{stage_->control(), stage_->end_root(), stage_->left_out()});
  }
  our_done_ = stage_->left_out();
  return {};
}

bool Exchange::end_suffices() const {
  return initiates() && !stage_->control() && !setup_.joining && !our_done_ && their_done_ &&
         their_done_->left_out == stage_->left_out() && their_done_->root == stage_->end_root();
}

Status Exchange::end_stage() {
  const bool same = their_done_->root == stage_->end_root();
  const bool since_checkpoint = comparison_->since_checkpoint();
  finished_stages_ = progress();
  sender_.reset();
  receiver_.reset();
  if (!same && since_checkpoint) {
    // The checkpoint wasn't one: all is compared.
    may_use_memory_ = false;
    delegate_.forget(setup_.peer);
    report_.forked.resize(reported_forked_);
    report_.refused.resize(reported_refused_);
    report_.changes_held_back = reported_held_back_;
    state_ = State::awaiting_hello;
    return initiates() ? send_hello() : Status();
  }
  if (stage_->left_out() > 0 || !same) in_sync_ = false;
  if (!same) {
    for (const log::LogId& log : stage_->logs_to_report()) report_.mismatched.push_back(log);
  }
  const bool another = stage_->control() && !setup_.joining;
  if (!another) {
    complete_exchange();
    return {};
  }
  control_done_ = true;
  state_ = State::awaiting_hello;
  return initiates() ? send_hello() : Status();
}

// Both hold what this side held at its last Hello, and what came since; unless they share other
// compartments, which only differing control allows.
void Exchange::complete_exchange() {
  report_.in_sync = in_sync_;
  const bool compared = state_ == State::awaiting_hello || !stage_->differences().empty();
  state_ = State::complete;
  if (setup_.joining) return;
  // What is left out would be compared anew each time.
  if (!in_sync_) return delegate_.forget(setup_.peer);
  if (!compared) return;
  const reconcile::Inventory data = stage_->united();
  delegate_.remember(setup_.peer, reconcile::checkpoint(snapshot_->control, data), data);
}

void Exchange::count_answer() {
  if (awaiting_answer_) ++report_.round_trips;
  awaiting_answer_ = false;
}

Status Exchange::work() {
  if (owes_hello_) RELAIS_TRY(answer_hello());
  if (state_ != State::transferring) return {};
  RELAIS_TRY(send_more());
  RELAIS_TRY(advance());
  if (receiver_) receiver_->flush_if_due();
  return {};
}

Status Exchange::handle_timeout(Now now) {
  return receiver_ ? receiver_->handle_timeout(now) : Status();
}

std::optional<Instant> Exchange::deadline() const {
  return receiver_ ? receiver_->deadline() : std::nullopt;
}

// A memory that made the peer break the rules would do so again.
void Exchange::abandon(const Error& error) {
  const bool since_checkpoint = comparison_ && comparison_->since_checkpoint();
  if (since_checkpoint && error.code() == ErrorCode::peer_misbehaved) {
    delegate_.forget(setup_.peer);
  }
  if (receiver_) (void)receiver_->make_durable();
}

Progress Exchange::progress() const {
  Progress all = finished_stages_;
  if (sender_) {
    all.to_send += sender_->to_send();
    all.sent += sender_->sent();
  } else if (state_ == State::awaiting_hello) {
    all.to_send += early_.changes();
  }
  if (receiver_) {
    all.to_receive += receiver_->to_receive();
    all.received += receiver_->received();
  }
  return all;
}

}  // namespace relais::peer

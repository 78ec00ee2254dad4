#include "peer/exchange.h"

#include <algorithm>

#include "base/check.h"
#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "peer/errors.h"
#include "peer/evidence.h"

namespace relais::peer {

using wire::message::Ack;
using wire::message::Done;
using wire::message::Hello;
using wire::message::Piece;
using wire::message::Seal;
using wire::message::Vectors;
using wire::message::Welcome;

Exchange::Exchange(const Setup& setup, SyncDelegate& delegate, Outbox& outbox, Report& report)
    : setup_(setup),
      delegate_(delegate),
      outbox_(outbox),
      report_(report),
      key_(reconcile::session_key(setup.handshake_hash)) {}

void Exchange::start() {
  RELAIS_CHECK(initiates());
  send_hello();
}

void Exchange::welcome(Bytes certificate) { outbox_.send(Welcome{std::move(certificate)}); }

// Both sides share the control compartment even while one knows none of its logs.
void Exchange::take_snapshot() {
  Snapshot& snapshot = snapshot_.emplace();
  snapshot.control = delegate_.control_inventory(setup_.peer);
  snapshot.control[log::control_compartment(setup_.space)];
  if (!setup_.joining) {
    snapshot.data = delegate_.data_inventory(setup_.peer);
    snapshot.author_list = delegate_.author_list();
  }
  snapshot.hello.control = reconcile::root(key_, snapshot.control);
  snapshot.hello.data = reconcile::root(key_, snapshot.data);
}

void Exchange::send_hello() {
  take_snapshot();
  outbox_.send(snapshot_->hello);
  expect_answer();
}

Status Exchange::handle(wire::Message message, Now now) {
  count_answer();
  RELAIS_TRY(std::visit([&](auto& kind) { return on(kind, now); }, message));
  return advance();
}

Status Exchange::on(Welcome& welcome, Now) {
  const bool expected = state_ == State::awaiting_hello && setup_.joining && initiates() &&
                        report_.certificate.empty() && !welcome.certificate.empty();
  if (!expected) return misbehaved("it sent a welcome out of order.");
  report_.certificate = std::move(welcome.certificate);
  return {};
}

Status Exchange::on(wire::message::Proof&, Now) {
  return misbehaved("it sent a proof out of order.");
}

Status Exchange::on(Hello& hello, Now) {
  if (state_ != State::awaiting_hello) return misbehaved("it sent a hello out of order.");
  if (initiates() && setup_.joining && report_.certificate.empty()) {
    return misbehaved("it sent a hello before its welcome.");
  }
  if (!initiates()) {
    take_snapshot();
    ++report_.round_trips;
  }
  const Hello ours = snapshot_->hello;
  const bool same_control = hello.control == ours.control;
  const bool same_data = setup_.joining || hello.data == ours.data;
  if (!same_control && !control_done_) {
    begin_stage(true, false);
  } else if (!same_data) {
    begin_stage(false, same_control);
  } else {
    complete_with(in_sync_);  // a responder whose roots are equal answers with END
    return {};
  }
  if (initiates()) return {};
  outbox_.send(ours);
  return send_vectors(nullptr);
}

void Exchange::handle_end() {
  const bool welcomed = !setup_.joining || !report_.certificate.empty();
  if (!initiates() || state_ != State::awaiting_hello || !welcomed) return;
  count_answer();
  complete_with(in_sync_);
}

void Exchange::begin_stage(bool control, bool same_control) {
  // Author indexes are used only if both sides derive the same list.
  std::vector<AuthorId> authors;
  if (!control && same_control) authors = std::move(snapshot_->author_list);
  stage_.emplace(key_, control, std::move(control ? snapshot_->control : snapshot_->data),
                 std::move(authors));
  snapshot_.reset();
  their_pages_ = {};
  sent_logs_ = false;
  our_done_.reset();
  their_done_.reset();
  state_ = State::awaiting_vectors;
}

Status Exchange::send_vectors(const Vectors* theirs) {
  RELAIS_ASSIGN(Vectors ours, stage_->vectors(theirs));
  sent_logs_ = theirs != nullptr || ours.vectors.empty() || ours.vectors.front().has_logs;
  for (Vectors& page : reconcile::pages(std::move(ours))) outbox_.send(std::move(page));
  expect_answer();
  return {};
}

Status Exchange::on(Vectors& page, Now) {
  if (state_ != State::awaiting_vectors && state_ != State::awaiting_logs) {
    return misbehaved("it sent vectors out of order.");
  }
  if (page.control != stage_->control()) return misbehaved("it sent vectors of the wrong stage.");
  const bool more = page.more;
  RELAIS_TRY(reconcile::add_page(their_pages_, std::move(page)));
  return more ? Status() : handle_vectors(std::exchange(their_pages_, {}));
}

Status Exchange::handle_vectors(const Vectors& vectors) {
  RELAIS_ASSIGN(const reconcile::Comparison comparison, stage_->compare(vectors));
  const bool first_answer = initiates() && state_ == State::awaiting_vectors;
  if (comparison.needs_their_logs && !first_answer)
    return misbehaved("it sent vectors without logs.");
  if (!initiates()) {
    ++report_.round_trips;
    if (!sent_logs_ && !comparison.differing.empty()) {
      RELAIS_TRY(send_vectors(&vectors));
      if (!comparison.to_receive.empty()) ++report_.round_trips;
    }
  } else if (first_answer) {
    RELAIS_TRY(send_vectors(&vectors));
    if (comparison.needs_their_logs) {
      differing_ = comparison.differing;
      state_ = State::awaiting_logs;
      return {};
    }
  } else {
    if (comparison.differing != differing_)
      return misbehaved("it sent vectors of other compartments.");
    if (!comparison.to_send.empty()) expect_answer();
  }
  return begin_transfer(comparison);
}

Status Exchange::begin_transfer(const reconcile::Comparison& comparison) {
  state_ = State::transferring;
  stage_->begin(comparison);
  for (const log::LogId& log : comparison.forked) {
    stage_->leave_out(log);
    report_.forked.push_back(log);
    delegate_.report_fork(log, {});
  }
  show_evidence(comparison.forked);
  sender_.emplace(delegate_, outbox_, report_).start(comparison.to_send);
  receiver_.emplace(Receiver::Context{setup_.space, delegate_, outbox_, *stage_, report_})
      .expect(comparison.to_receive);
  return send_more();
}

// If too many logs are forked, starts at a random one, so that over several syncs each is shown.
void Exchange::show_evidence(std::vector<log::LogId> forked) {
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
    ack.logs.push_back({log.compartment, log.author, 0, 0, true});
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

Status Exchange::on(Seal& seal, Now) {
  RELAIS_TRY(check_transferring());
  return receiver_->handle(std::move(seal));
}

Status Exchange::on(Piece& piece, Now now) {
  RELAIS_TRY(check_transferring());
  return receiver_->handle(std::move(piece), now);
}

Status Exchange::on(Ack& ack, Now) {
  if (state_ != State::transferring) return misbehaved("it sent an acknowledgement out of order.");
  for (const Ack::Stored& stored : ack.logs) {
    const log::LogId log{stored.compartment, stored.author};
    if (stored.refused && receiver_->handle_refusal(log)) continue;
    RELAIS_ASSIGN(const bool refused, sender_->handle(stored));
    if (refused) leave_out(log);
  }
  return {};
}

// Sent once, and again whenever a side learns that another log is left out, so the exchange ends.
Status Exchange::on(Done& done, Now) {
  if (state_ != State::transferring) return misbehaved("it sent a done out of order.");
  if (done.control != stage_->control()) return misbehaved("it sent a done of the wrong stage.");
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
  const std::uint32_t left_out = stage_->left_out();
  if (our_done_ != left_out) {
    RELAIS_TRY(receiver_->finish());
    outbox_.send(Done{stage_->control(), stage_->end_root(), left_out});
    our_done_ = left_out;
  }
  // Both sides count the same: each refusal is sent before the Done that counts it, and the counts
  // only grow.
  if (their_done_ && their_done_->left_out == left_out) {
    end_stage();
  } else if (their_done_) {
    expect_answer();
  }
  return {};
}

void Exchange::end_stage() {
  if (stage_->left_out() > 0) in_sync_ = false;
  if (their_done_->root != stage_->end_root()) {
    in_sync_ = false;
    for (const log::LogId& log : stage_->logs_to_report()) report_.mismatched.push_back(log);
  }
  const bool another = stage_->control() && !setup_.joining;
  finished_stages_ = progress();
  sender_.reset();
  receiver_.reset();
  stage_.reset();
  if (!another) return complete_with(in_sync_);
  control_done_ = true;
  state_ = State::awaiting_hello;
  if (initiates()) send_hello();
}

void Exchange::complete_with(bool in_sync) {
  report_.in_sync = in_sync;
  state_ = State::complete;
}

void Exchange::count_answer() {
  if (awaiting_answer_) ++report_.round_trips;
  awaiting_answer_ = false;
}

Status Exchange::work() {
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

void Exchange::abandon() {
  if (receiver_) (void)receiver_->make_durable();
}

Progress Exchange::progress() const {
  Progress all = finished_stages_;
  if (sender_) {
    all.to_send += sender_->to_send();
    all.sent += sender_->sent();
  }
  if (receiver_) {
    all.to_receive += receiver_->to_receive();
    all.received += receiver_->received();
  }
  return all;
}

}  // namespace relais::peer

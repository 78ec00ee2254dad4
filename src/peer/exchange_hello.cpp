#include "base/check.h"
#include "base/limits.h"
#include "base/try.h"
#include "peer/errors.h"
#include "peer/exchange.h"

/// How a stage begins: Hello, and what the initiator sends with it.
namespace relais::peer {

using wire::message::Hello;
using wire::message::Welcome;

Status Exchange::start() {
  RELAIS_CHECK(initiates());
  return send_hello();
}

void Exchange::welcome(Bytes certificate) { outbox_.send(Welcome{std::move(certificate)}); }

// Both sides share the control compartment even while one knows none of its logs.
void Exchange::take_snapshot() {
  Snapshot& snapshot = snapshot_.emplace();
  snapshot.control = delegate_.control_inventory(setup_.peer);
  snapshot.control[log::control_compartment(setup_.space)];
  if (!setup_.joining) snapshot.data = delegate_.data_inventory(setup_.peer);
  snapshot.hello.control = reconcile::root(key_, snapshot.control);
  snapshot.hello.data = reconcile::root(key_, snapshot.data);
}

std::optional<SyncDelegate::Memory> Exchange::usable_memory() {
  if (setup_.joining || !may_use_memory_) return std::nullopt;
  auto memory = delegate_.memory(setup_.peer);
  if (memory && memory->changed.size() > limits::kEarlyChanges) memory.reset();
  return memory;
}

Status Exchange::send_hello() {
  take_snapshot();
  expect_answer();
  early_ = {};
  if (setup_.joining) {
    outbox_.send(snapshot_->hello);
    return {};
  }
  return open_early();
}

Status Exchange::open_early() {
  Hello& hello = snapshot_->hello;
  start_stage(false);
  const auto memory = usable_memory();
  if (memory) hello.checkpoint = reconcile::tag(key_, memory->checkpoint);
  hello.opens = memory ? !memory->changed.empty() : reconcile::fits(stage_->inventory());
  outbox_.send(hello);
  if (!memory) return hello.opens ? comparison_->open(true) : Status();
  RELAIS_TRY(comparison_->open_with(memory->changed));
  early_.send(delegate_, outbox_, reconcile::agreed(key_, stage_->inventory(), memory->changed),
              setup_.packer);
  return {};
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
  const Hello& ours = snapshot_->hello;
  const bool same_control = hello.control == ours.control;
  const bool same_data = setup_.joining || hello.data == ours.data;
  takes_early_ = false;
  early_messages_ = 0;
  if (!same_control && !control_done_) return begin_stage(true, hello);
  // END says that both hold the same, unless both know better from the stage of control.
  const bool end_would_lie = !same_control && in_sync_;
  if (!same_control) in_sync_ = false;
  if (!same_data || end_would_lie) return begin_stage(false, hello);
  if (!initiates()) start_stage(false);
  complete_exchange();  // a responder whose roots are equal answers with END
  return {};
}

void Exchange::start_stage(bool control) {
  stage_.emplace(key_, control, std::move(control ? snapshot_->control : snapshot_->data));
  comparison_.emplace(key_, *stage_, outbox_);
  our_done_.reset();
  their_done_.reset();
}

Status Exchange::begin_stage(bool control, const Hello& theirs) {
  state_ = State::comparing;
  if (!initiates()) {
    start_stage(control);
    return open_as_responder(theirs);
  }
  const Hello& ours = snapshot_->hello;
  const bool early_counts = !control && theirs.control == ours.control &&
                            theirs.checkpoint == ours.checkpoint && (ours.opens || ours.checkpoint);
  if (control || setup_.joining) {
    start_stage(control);
  } else if (!early_counts) {
    comparison_.emplace(key_, *stage_, outbox_);
  }
  if (!early_counts) early_ = {};
  return {};
}

// The initiator's vectors count if both have the same control; and its changes since a checkpoint,
// if this device remembers the same one.
Status Exchange::open_as_responder(const Hello& theirs) {
  Hello& ours = snapshot_->hello;
  const bool may_count = !stage_->control() && theirs.control == ours.control;
  std::optional<SyncDelegate::Memory> memory;
  if (may_count && theirs.checkpoint) {
    memory = usable_memory();
    if (memory && reconcile::tag(key_, memory->checkpoint) != *theirs.checkpoint) memory.reset();
    if (memory) ours.checkpoint = theirs.checkpoint;
  }
  takes_early_ = may_count && theirs.opens && ours.checkpoint == theirs.checkpoint;
  their_data_ = theirs.data;
  owes_hello_ = memory && memory->changed.empty() && theirs.opens;
  if (owes_hello_) {
    outbox_.hold();
  } else {
    outbox_.send(ours);
  }
  if (memory) return compared(comparison_->await_changes(memory->changed, theirs.opens));
  return takes_early_ ? Status() : comparison_->open(false);
}

Status Exchange::answer_hello() {
  owes_hello_ = false;
  const bool all = state_ == State::transferring && sender_->all_sent() &&
                   receiver_->all_received() && stage_->left_out() == 0;
  if (!all || stage_->end_root() != their_data_) {
    outbox_.release(snapshot_->hello);
    return {};
  }
  RELAIS_TRY(receiver_->finish());
  finished_stages_ = progress();
  sender_.reset();
  receiver_.reset();
  complete_exchange();
  return {};
}

}  // namespace relais::peer

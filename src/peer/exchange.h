#pragma once

#include <optional>

#include "peer/comparison.h"
#include "peer/early_pieces.h"
#include "peer/receiver.h"
#include "peer/sender.h"
#include "session/config.h"

namespace relais::peer {

/// The messages of an established session, from the first Hello to the last Done: control first,
/// then data, each as a stage in which vectors are compared, then logs are transferred both ways,
/// then both sides state what they hold. With its Hello the initiator already sends its vectors of
/// data, and, to a peer that it remembers, what has changed since. docs/spec/reconcile.md, "The
/// exchange". Inside src/peer only.
///
/// After every batch of messages call `work`. When `complete`, both sides hold the same, or the
/// report names what differs.
class Exchange {
 public:
  struct Setup {
    session::Role role = session::Role::initiator;
    bool joining = false;  ///< an invitation's session: Welcome, then control only
    SpaceId space;
    DeviceId peer;
    crypto::Hash handshake_hash;
    std::uint32_t packer = 0;  ///< the peer's log::current_packer(); 0: not known
  };
  /// The references must outlive the exchange.
  Exchange(const Setup& setup, SyncDelegate& delegate, Outbox& outbox, Report& report);

  /// Initiator: sends Hello. Fails: limit_exceeded.
  Status start();
  /// Inviter: sends Welcome; before any message is handled.
  void welcome(Bytes certificate);

  /// Fail: peer_misbehaved (a message out of place), limit_exceeded, or as the delegate. The
  /// exchange is then over.
  Status handle(wire::Message message, Now now);
  Status work();
  /// The peer sent END. In answer to a Hello, or to the Done of the stage of data, it means that
  /// the peer holds the same.
  Status handle_end();
  Status handle_timeout(Now now);
  std::optional<Instant> deadline() const;
  /// The session fails before the exchange is complete: tries to make durable what was stored.
  void abandon(const Error& error);

  bool complete() const { return state_ == State::complete; }
  Progress progress() const;

 private:
  /// Which message is expected next.
  enum class State : std::uint8_t {
    awaiting_hello,  ///< Hello (before a joiner's first: Welcome)
    comparing,       ///< Vectors
    transferring,    ///< Seal, Piece, Ack, Done
    complete,        ///< none
  };
  /// What this side holds when it sends Hello.
  struct Snapshot {
    reconcile::Inventory control;
    reconcile::Inventory data;
    wire::message::Hello hello;
  };

  Status on(wire::message::Hello& hello, Now now);
  Status on(wire::message::Vectors& vectors, Now now);
  Status on(wire::message::Seal& seal, Now now);
  Status on(wire::message::Piece& piece, Now now);
  Status on(wire::message::Ack& ack, Now now);
  Status on(wire::message::Done& done, Now now);
  Status on(wire::message::Welcome& welcome, Now now);
  Status on(wire::message::Proof& proof, Now now);
  Status on(wire::message::Skipped&, Now) { return {}; }

  void take_snapshot();
  Status send_hello();
  /// With the initiator's Hello: its vectors of data, and pieces.
  Status open_early();
  std::optional<SyncDelegate::Memory> usable_memory();
  Status begin_stage(bool control, const wire::message::Hello& theirs);
  void start_stage(bool control);
  Status open_as_responder(const wire::message::Hello& theirs);
  Status compared(Result<std::optional<Comparison::Outcome>> outcome);
  Status begin_transfer(Comparison::Outcome outcome);
  void show_evidence(const reconcile::Differences& differences);
  Status send_more();
  void leave_out(const log::LogId& log);
  Status check_early(bool early);
  Status check_transferring() const;
  /// Sends Done once everything is sent and received, and ends the stage when both sides have.
  Status advance();
  Status send_done();
  /// What came with the peer's Hello made both equal: answers it with END. Else answers it now.
  Status answer_hello();
  /// Whether END says all that this side's Done would.
  bool end_suffices() const;
  Status end_stage();
  void complete_exchange();
  bool initiates() const { return setup_.role == session::Role::initiator; }
  void expect_answer() { awaiting_answer_ = awaiting_answer_ || initiates(); }
  void count_answer();

  Setup setup_;
  SyncDelegate& delegate_;
  Outbox& outbox_;
  Report& report_;
  reconcile::SessionKey key_;

  State state_ = State::awaiting_hello;
  bool control_done_ = false;
  bool may_use_memory_ = true;       // until it turned out wrong
  bool takes_early_ = false;         // responder: the vectors and pieces that come with Hello count
  std::size_t early_messages_ = 0;   // responder: since the last Hello
  std::size_t reported_forked_ = 0;  // by earlier stages
  std::size_t reported_refused_ = 0;
  std::uint64_t reported_held_back_ = 0;
  /// Responder: its Hello and `agreed` are not sent yet, since END may do.
  bool owes_hello_ = false;
  wire::Root their_data_;         // of the peer's last Hello
  bool awaiting_pieces_ = false;  // responder: the next piece ends a round trip
  bool in_sync_ = true;
  bool awaiting_answer_ = false;  // initiator: the next message ends a round trip
  std::optional<Snapshot> snapshot_;

  std::optional<Stage> stage_;
  std::optional<Comparison> comparison_;
  EarlyPieces early_;
  std::optional<Sender> sender_;
  std::optional<Receiver> receiver_;
  std::optional<std::uint32_t> our_done_;  // logs left out as of our last Done
  std::optional<wire::message::Done> their_done_;
  Progress finished_stages_;  // of the finished stages
};

}  // namespace relais::peer

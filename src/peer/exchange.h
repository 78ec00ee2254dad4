#pragma once

#include <optional>

#include "peer/receiver.h"
#include "peer/sender.h"
#include "session/config.h"

namespace relais::peer {

/// The messages of an established session, from the first Hello to the last Done: control first,
/// then data, each as a stage in which vectors are compared, then logs are transferred both ways,
/// then both sides state what they hold. docs/spec/reconcile.md, "The exchange". Inside src/peer
/// only.
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
  };
  /// The references must outlive the exchange.
  Exchange(const Setup& setup, SyncDelegate& delegate, Outbox& outbox, Report& report);

  /// Initiator: sends Hello.
  void start();
  /// Inviter: sends Welcome; before any message is handled.
  void welcome(Bytes certificate);

  /// Fail: peer_misbehaved (a message out of place), limit_exceeded, or as the delegate. The
  /// exchange is then over.
  Status handle(wire::Message message, Now now);
  Status work();
  /// The peer sent END. In answer to a Hello it means that the peer holds the same.
  void handle_end();
  Status handle_timeout(Now now);
  std::optional<Instant> deadline() const;
  /// The session ends before the exchange is complete: tries to make durable what was stored.
  void abandon();

  bool complete() const { return state_ == State::complete; }
  Progress progress() const;

 private:
  /// Which message is expected next.
  enum class State : std::uint8_t {
    awaiting_hello,    ///< Hello (before a joiner's first: Welcome)
    awaiting_vectors,  ///< Vectors
    awaiting_logs,     ///< initiator: the second Vectors, with the logs
    transferring,      ///< Seal, Piece, Ack, Done
    complete,          ///< none
  };
  /// What this side holds when it sends Hello.
  struct Snapshot {
    reconcile::Inventory control;
    reconcile::Inventory data;
    std::vector<AuthorId> author_list;
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
  void send_hello();
  void begin_stage(bool control, bool same_control);
  Status answer_vectors(const wire::message::Vectors& theirs);
  Status send_vectors(const wire::message::Vectors* theirs);
  Status begin_transfer(const reconcile::Comparison& comparison);
  void show_evidence(std::vector<log::LogId> forked);
  Status handle_vectors(const wire::message::Vectors& theirs);
  Status send_more();
  void leave_out(const log::LogId& log);
  Status check_transferring() const;
  /// Sends Done once everything is sent and received, and ends the stage when both sides have.
  Status advance();
  void end_stage();
  void complete_with(bool in_sync);
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
  bool in_sync_ = true;
  bool awaiting_answer_ = false;  // initiator: the next message ends a round trip
  std::optional<Snapshot> snapshot_;

  std::optional<Stage> stage_;
  std::optional<Sender> sender_;
  std::optional<Receiver> receiver_;
  wire::message::Vectors their_pages_;     // pages received of the peer's vectors
  bool sent_logs_ = false;                 // our vectors of this stage had logs
  std::vector<CompartmentId> differing_;   // while awaiting_logs
  std::optional<std::uint32_t> our_done_;  // logs left out as of our last Done
  std::optional<wire::message::Done> their_done_;
  Progress finished_stages_;  // of the finished stages
};

}  // namespace relais::peer

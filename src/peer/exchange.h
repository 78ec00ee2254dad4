#pragma once

#include <optional>

#include "peer/receiver.h"
#include "peer/sender.h"
#include "session/config.h"

namespace relais::peer {

/// What is said in an established session, from the first Hello to the last Done: control first,
/// then data, each as a stage in which vectors are compared, then logs move both ways, then both
/// say what they hold. docs/spec/reconcile.md, "A meeting". Inside src/peer only.
///
/// After every batch of messages call `work`; when `complete`, both hold the same, or the report
/// says what not.
class Exchange {
 public:
  struct Setup {
    session::Role role = session::Role::initiator;
    bool joining = false;  ///< an invitation's session: Welcome, then control alone
    SpaceId space;
    DeviceId peer;
    crypto::Hash handshake_hash;
  };
  /// The references must outlive it.
  Exchange(const Setup& setup, SyncDelegate& delegate, Outbox& outbox, Report& report);

  /// The initiator's first words.
  void start();
  /// The inviter's; before any message is handled.
  void welcome(Bytes certificate);

  /// All fail: peer_misbehaved for a message that doesn't belong here, limit_exceeded, or as the
  /// host; then the exchange is over.
  Status handle(wire::Message message, Now now);
  Status work();
  /// The other side said END. In answer to a Hello that means: the same is held there.
  void handle_end();
  Status handle_timeout(Now now);
  std::optional<Instant> deadline() const;
  /// The session ends here: what was stored is made durable as well as can be.
  void abandon();

  bool complete() const { return state_ == State::complete; }
  Progress progress() const;

 private:
  /// What the next message must be.
  enum class State : std::uint8_t {
    awaiting_hello,    ///< Hello (before a joiner's first: Welcome)
    awaiting_vectors,  ///< Vectors
    awaiting_logs,     ///< the initiator's: Vectors once more, now with the logs
    transferring,      ///< Seal, Piece, Ack, Done
    complete,          ///< none
  };
  /// What this side holds as it says Hello.
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
  /// Says Done when it is, and ends the stage when both have.
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
  bool awaiting_answer_ = false;  // the initiator's: it waits for an answer that isn't counted yet
  std::optional<Snapshot> snapshot_;

  std::optional<Stage> stage_;
  std::optional<Sender> sender_;
  std::optional<Receiver> receiver_;
  wire::message::Vectors their_pages_;     // that have come of their vectors
  bool sent_logs_ = false;                 // in this stage
  std::vector<CompartmentId> differing_;   // while filling
  std::optional<std::uint32_t> our_done_;  // how many were left out when we last said Done
  std::optional<wire::message::Done> their_done_;
  Progress finished_stages_;  // of the stages before
};

}  // namespace relais::peer

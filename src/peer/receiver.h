#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/time.h"
#include "peer/outbox.h"
#include "peer/report.h"
#include "peer/stage.h"
#include "peer/sync_delegate.h"

namespace relais::peer {

/// Receives the logs that this side lacks in one stage: verifies each piece, hands it to the
/// delegate, and acknowledges it as stored (at half a window, else within limits::kAckTime) and as
/// durable (by limits::kCommitBatchBytes, limits::kCommitBatchTime, or at the end of the stage).
/// Accepts only logs that the vectors announced, and only in order. Inside src/peer only.
class Receiver {
 public:
  struct Context {
    const SpaceId& space;
    SyncDelegate& delegate;
    Outbox& outbox;
    Stage& stage;
    Report& report;
  };
  explicit Receiver(Context context) : context_(context) {}

  /// Takes the logs of the stage that are longer there.
  void expect(const reconcile::Differences& differences);
  /// The peer cannot send a log that it announced. False: no such log is being received.
  bool handle_refusal(const log::LogId& log);
  /// Fail: peer_misbehaved, or as the delegate.
  Status handle(wire::message::Seal seal);
  /// Pieces of a log that were sent with Hello are passed over if the first doesn't continue the
  /// log.
  Status handle(const log::LogId& log, wire::message::Piece piece, Now now);

  /// Call after a batch of messages: sends the acknowledgements that are due.
  void flush_if_due();
  Status handle_timeout(Now now);
  std::optional<Instant> deadline() const;
  /// At the end of the stage: makes everything durable and sends the refusals. Done acknowledges
  /// the rest.
  Status finish();
  Status make_durable();

  /// The peer was asked for a log as it is, and may not have read that yet.
  bool awaits_verbatim() const { return awaited_verbatim_ > 0; }
  /// Every log was received as far as announced, or was refused.
  bool all_received() const { return missing_ == 0; }
  std::uint64_t to_receive() const { return to_receive_; }
  std::uint64_t received() const { return received_; }

 private:
  struct Incoming {
    Incoming(const log::LogId& id, const log::Head& head)
        : log(id), verifier(id, head), from(head.seq), stored(head.seq), durable(head.seq) {}
    log::LogId log;
    log::Verifier verifier;
    std::uint64_t announced = 0;  ///< the peer's last seq at the start of the stage
    std::optional<log::SealAuthor> author;
    std::uint64_t from = 0;
    std::uint64_t stored = 0;
    std::uint64_t durable = 0;
    std::size_t unacknowledged = 0;  ///< bytes
    bool done = false;               ///< received whole, or refused
    bool refused = false;
    bool passes_over_early = false;
    bool awaits_verbatim = false;  ///< asked for; until it comes, pieces are passed over
    bool asks_verbatim = false;    ///< in the next Ack
    bool verbatim = false;         ///< has come: no piece is joint any more
    bool dirty = false;            ///< in `dirty_`
    bool pending = false;          ///< in `pending_`
  };

  /// Null if the log was not announced.
  Incoming* find(const log::LogId& log);
  Result<log::VerifiedPiece> verify(Incoming& incoming, log::Piece piece, BytesView seal);
  Status find_author(Incoming& incoming);
  Status store(Incoming& incoming, log::VerifiedPiece piece, Now now);
  Status handle_joint(Incoming& incoming, wire::message::Piece piece, Now now);
  void ask_verbatim(Incoming& incoming);
  Status handle_unverified(Incoming& incoming, const Error& error);
  void handle_fork(Incoming& incoming);
  Status handle_conflicting_seal(const log::LogId& log, const Bytes& seal);
  Status handle_peer_fork(Incoming& incoming, const Bytes& seal);
  Status add_evidence(const log::LogId& log, const Bytes& seal);
  void leave_out(Incoming& incoming, InboundResult result, std::size_t changes);
  void refuse(Incoming& incoming);
  void complete_at(Incoming& incoming, const log::Head& head);
  void mark_dirty(Incoming& incoming);
  void flush();

  Context context_;
  std::map<log::LogId, std::uint64_t> announced_;  // up to where; nothing received yet
  std::map<log::LogId, Incoming> incoming_;
  std::vector<Incoming*> dirty_;                       // changed since the last Ack
  std::vector<Incoming*> pending_;                     // stored since the last make_durable
  std::map<log::LogId, std::vector<Bytes>> evidence_;  // contradicting seals of the peer
  std::set<crypto::SigningPublicKey> checked_keys_;    // valid points: a check is expensive
  std::size_t pending_bytes_ = 0;
  bool ack_now_ = false;
  std::optional<Instant> acknowledge_at_;
  std::optional<Instant> commit_at_;
  std::size_t missing_ = 0;
  std::size_t awaited_verbatim_ = 0;
  std::size_t unrestored_ = 0;  ///< pieces
  std::uint64_t to_receive_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace relais::peer

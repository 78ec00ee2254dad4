#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "peer/early_pieces.h"
#include "peer/outbox.h"
#include "peer/report.h"
#include "peer/sync_delegate.h"

namespace relais::peer {

/// Sends the logs that the peer lacks in one stage. Of each log it sends the pieces, each with the
/// seal that signs its end, unless that is among the last limits::kSealsAhead seals sent of the
/// log. At most limits::kStreamWindowBytes of a log are sent and not yet acknowledged as stored; a
/// larger transaction is sent alone. Up to limits::kStreamsAtOnce logs are sent in turn; those of a
/// lower priority number go whole before the others. Inside src/peer only.
class Sender {
 public:
  /// `packer`: the peer's, as in make_piece.
  Sender(SyncDelegate& delegate, Outbox& outbox, Report& report, std::uint32_t packer)
      : delegate_(delegate), outbox_(outbox), report_(report), packer_(packer) {}

  /// Takes the logs of the stage that are longer here. `early`: what was sent with Hello.
  void start(const reconcile::Differences& differences, const EarlyPieces& early);
  /// Reads and sends while the outbox has room. Fails: as the delegate.
  Status fill();
  /// Logs that could not be read as far as announced, since the last call: they are left out.
  std::vector<log::LogId> take_unreadable() { return std::exchange(unreadable_, {}); }
  /// Logs sent whole together with the proof that they are forked, since the last call: these are
  /// left out too.
  std::vector<log::LogId> take_forked() { return std::exchange(forked_, {}); }
  /// Result of an acknowledgement.
  enum class Answer : std::uint8_t {
    accepted,
    refused,  ///< the peer refuses the log from now on
    resends,  ///< it goes again, as it is
  };
  /// Fails: peer_misbehaved (it acknowledged what was not sent, or asked twice for a log as it is).
  Result<Answer> handle(const wire::message::Ack::Stored& ack);

  /// Every log was handed to the session, or refused.
  bool all_sent() const { return unsent_ == 0; }
  std::uint64_t to_send() const { return to_send_; }
  std::uint64_t sent() const { return sent_; }

 private:
  struct InFlight {
    std::uint64_t last = 0;
    std::size_t bytes = 0;
  };
  struct Stream {
    log::LogId log;
    std::uint32_t number = 0;  ///< in the stage
    int priority = 0;
    bool unknown_to_peer = false;  ///< the peer held nothing of it
    std::uint64_t target = 0;      ///< our last seq at the start of the stage
    std::uint64_t sent = 0;
    std::uint64_t stored = 0;  ///< as acknowledged by the peer
    bool active = false;       ///< counts towards limits::kStreamsAtOnce
    bool blocked = false;  ///< by its window; an active stream that is not blocked is in `ready_`
    bool done = false;     ///< sent whole, or refused
    bool refused = false;
    bool verbatim = false;    ///< the peer asked for it
    bool on_trial = false;    ///< a joint piece was sent, and the peer has restored none yet
    bool restored = false;    ///< the peer has stored some of what was sent
    std::deque<Bytes> seals;  ///< that the receiver remembers
    std::optional<SyncDelegate::SealedPiece> read_ahead;  ///< too large for the window now
    std::deque<InFlight> in_flight;
    std::size_t in_flight_bytes = 0;
  };

  void activate();
  Status advance(Stream& stream);
  /// False: the window is full; wait for an acknowledgement.
  bool may_read(const Stream& stream) const;
  Result<bool> read(Stream& stream);
  Status check(const Stream& stream, const SyncDelegate::SealedPiece& part) const;
  void skip(Stream& stream, const EarlyPieces::Sent& sent);
  void send_piece(Stream& stream);
  void finish(Stream& stream);
  void show_evidence(Stream& stream);
  void end(Stream& stream);
  void free_window(Stream& stream, std::uint64_t stored);
  void resend(Stream& stream, std::uint64_t stored);

  SyncDelegate& delegate_;
  Outbox& outbox_;
  Report& report_;
  const std::uint32_t packer_;
  std::map<std::uint32_t, Stream> streams_;  // by number
  std::deque<Stream*> waiting_;              ///< by priority
  std::deque<Stream*> ready_;
  std::size_t active_ = 0;
  int priority_ = 0;  ///< of the active streams
  std::size_t unsent_ = 0;
  std::vector<log::LogId> unreadable_;
  std::vector<log::LogId> forked_;
  std::uint64_t to_send_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace relais::peer

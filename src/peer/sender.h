#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "peer/outbox.h"
#include "peer/report.h"
#include "peer/sync_delegate.h"

namespace relais::peer {

/// Sends what the other side lacks in one stage: of each log its pieces, each behind the seal that
/// signs its end unless that is among the last limits::kSealsAhead that were sent of the log,
/// within a window of limits::kStreamWindowBytes not yet acknowledged as stored; a single larger
/// transaction goes when nothing else of its log is in flight. Logs take turns,
/// limits::kStreamsAtOnce at a time; those of a lower priority number go whole before the others.
/// Inside src/peer only.
class Sender {
 public:
  Sender(SyncDelegate& delegate, Outbox& outbox, Report& report)
      : delegate_(delegate), outbox_(outbox), report_(report) {}

  void start(const std::vector<reconcile::Difference>& to_send);
  /// Reads ahead while the outbox is short. Fails: as the host.
  Status fill();
  /// Logs that can't be read as far as they were announced, since it was last asked: they are left
  /// out.
  std::vector<log::LogId> take_unreadable() { return std::exchange(unreadable_, {}); }
  /// Logs that were sent whole with the proof that they are forked, since it was last asked: these
  /// too.
  std::vector<log::LogId> take_forked() { return std::exchange(forked_, {}); }
  /// Fails: peer_misbehaved for what wasn't sent. Gives whether the log is refused from now on.
  Result<bool> handle(const wire::message::Ack::Stored& ack);

  /// Everything was given to the session, or refused.
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
    int priority = 0;
    std::uint64_t target = 0;  ///< our last seq at the stage's start
    std::uint64_t sent = 0;
    std::uint64_t stored = 0;  ///< by the other side
    bool active = false;       ///< one of limits::kStreamsAtOnce
    bool blocked = false;      ///< by its window; else it is in `ready_` while it is active
    bool done = false;         ///< sent whole, or refused
    bool refused = false;
    std::deque<Bytes> seals;  ///< that the receiver remembers
    std::optional<SyncDelegate::SealedPiece>
        read_ahead;  ///< read, but too large for what was left of the window
    std::deque<InFlight> in_flight;
    std::size_t in_flight_bytes = 0;
  };

  void activate();
  Status advance(Stream& stream);
  /// False: nothing may be sent before an acknowledgement.
  Result<bool> read(Stream& stream);
  Status check(const Stream& stream, const SyncDelegate::SealedPiece& part) const;
  void send_seal(Stream& stream, Bytes seal);
  void send_piece(Stream& stream);
  void show_evidence(Stream& stream);
  void end(Stream& stream);
  void free_window(Stream& stream, std::uint64_t stored);

  SyncDelegate& delegate_;
  Outbox& outbox_;
  Report& report_;
  std::map<log::LogId, Stream> streams_;
  std::deque<Stream*> waiting_;  ///< by priority
  std::deque<Stream*> ready_;
  std::size_t active_ = 0;
  int priority_ = 0;  ///< of the active ones
  std::size_t unsent_ = 0;
  std::vector<log::LogId> unreadable_;
  std::vector<log::LogId> forked_;
  std::uint64_t to_send_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace relais::peer

#pragma once

#include <deque>
#include <map>
#include <optional>

#include "peer/outbox.h"
#include "peer/report.h"
#include "peer/sync_delegate.h"

namespace relais::peer {

/// Sends, with the initiator's Hello, pieces of the logs that changed here since the checkpoint: at
/// most limits::kEarlyBytes. If the peer holds a log as it was at the checkpoint, the transfer goes
/// on after them; else they are lost. Inside src/peer only.
class EarlyPieces {
 public:
  struct Sent {
    std::uint64_t from = 0;  ///< seq before the first
    std::uint64_t to = 0;    ///< seq of the last
    std::size_t bytes = 0;
    std::size_t pieces = 0;
    bool joint = false;  ///< some of them
    std::deque<Bytes> seals;
  };

  /// `changes`: reconcile::agreed. `packer`: as in make_piece.
  void send(SyncDelegate& delegate, Outbox& outbox, const reconcile::Differences& changes,
            std::uint32_t packer);
  std::uint64_t changes() const;
  /// Adds all that was sent: the peer holds it.
  void count(Report& report) const;
  /// What a peer that held the log up to `theirs` has been sent; null if nothing.
  const Sent* find(const log::LogId& log, std::uint64_t theirs) const;

 private:
  bool send_piece(SyncDelegate& delegate, Outbox& outbox, const reconcile::Difference& change,
                  std::uint32_t number, std::uint32_t packer);

  std::size_t room_ = limits::kEarlyBytes;
  bool full_ = false;
  std::map<log::LogId, Sent> sent_;
};

}  // namespace relais::peer

#pragma once

#include "peer/outbox.h"
#include "peer/sync_delegate.h"

namespace relais::peer {

/// Sends the peer the seals that contradict its history of a log; returns how many.
/// docs/spec/reconcile.md, "Forks". Inside src/peer only.
inline std::size_t show_evidence(SyncDelegate& delegate, Outbox& outbox, const log::LogId& log) {
  std::vector<Bytes> seals = delegate.evidence(log);
  for (Bytes& seal : seals) outbox.send(wire::message::Seal{std::move(seal)});
  return seals.size();
}

}  // namespace relais::peer

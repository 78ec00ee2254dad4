#pragma once

#include <map>
#include <optional>

#include "store/tables/commit.h"

/// What a device remembers of its peers: at which generation of the logs both held the same. When a
/// log grows for the first time in a generation, the seq before is noted. docs/spec/store.md,
/// "Peers".
namespace relais::store {

struct PeerMemory {
  std::uint64_t generation = 0;
  Bytes checkpoint;  ///< limits::kCheckpointBytes; opaque here
  /// The last seqs that both held, of the logs that held others when the generation began.
  std::map<LogNo, std::uint64_t> ends;
  bool operator==(const PeerMemory&) const = default;
};

/// Fails: corrupt, store_failed.
Result<std::optional<PeerMemory>> find_peer_memory(const Reads& store, const DeviceId& peer);
/// The logs that have grown since a peer was remembered, with the last seq that both held. A log
/// that only `ends` names may not have grown. Fails: corrupt, store_failed.
Result<std::map<LogNo, std::uint64_t>> grown_since(const Reads& store, const PeerMemory& memory);

/// Remembers the peer from now on; its `generation` is set. Forgets peers whose memory is too old,
/// and what only they need. Fails: corrupt, store_failed.
Status remember_peer(Commit& commit, const Reads& store, const DeviceId& peer, PeerMemory memory);
void forget_peer(Batch& batch, const DeviceId& peer);

}  // namespace relais::store

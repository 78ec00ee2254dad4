#include "store/tables/peer_memory.h"

#include <algorithm>
#include <vector>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::store {
namespace {

Bytes peer_key(const DeviceId& peer) { return meta_key(meta::kPeer).append(peer.view()); }

Bytes encode(const PeerMemory& memory) {
  Bytes value;
  put_u64(value, memory.generation);
  value.append(memory.checkpoint);
  for (const auto& [log, end] : memory.ends) {
    put_u32(value, log);
    put_u64(value, end);
  }
  return value;
}

Result<PeerMemory> decode(BytesView value) {
  PeerMemory memory;
  Reader reader(value);
  memory.generation = reader.u64();
  memory.checkpoint = Bytes(reader.take(limits::kCheckpointBytes));
  while (reader.ok() && !reader.at_end()) {
    const LogNo log = reader.u32();
    memory.ends[log] = reader.u64();
  }
  if (!reader.finished())
    return Error(ErrorCode::corrupt, "What is remembered of a device can't be decoded.");
  return memory;
}

/// Forgets peers beyond the limits, the oldest first, but not `newest`, which the batch remembers.
/// Returns the oldest generation that is needed.
Result<std::uint64_t> forget_oldest(Batch& batch, const Reads& store, std::uint64_t current,
                                    const Bytes& newest) {
  std::vector<std::pair<std::uint64_t, Bytes>> peers;
  const auto cursor = store.scan_prefix(Family::meta, meta_key(meta::kPeer));
  for (; cursor->valid(); cursor->next()) {
    if (cursor->key() == newest) continue;
    peers.emplace_back(Reader(cursor->value()).u64(), Bytes(cursor->key()));
  }
  RELAIS_TRY(cursor->status());
  std::sort(peers.begin(), peers.end());
  std::uint64_t oldest = current;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    const auto& [generation, key] = peers[i];
    const bool old = current - generation > limits::kRememberedGenerations ||
                     peers.size() - i >= limits::kRememberedPeers;
    if (old) {
      batch.remove(Family::meta, key);
    } else {
      oldest = std::min(oldest, generation);
    }
  }
  return oldest;
}

}  // namespace

Result<std::optional<PeerMemory>> find_peer_memory(const Reads& store, const DeviceId& peer) {
  RELAIS_ASSIGN(const auto value, store.get(Family::meta, peer_key(peer)));
  if (!value) return std::optional<PeerMemory>();
  RELAIS_ASSIGN(PeerMemory memory, decode(*value));
  return std::optional(std::move(memory));
}

Result<std::map<LogNo, std::uint64_t>> grown_since(const Reads& store, const PeerMemory& memory) {
  std::map<LogNo, std::uint64_t> grown = memory.ends;
  const auto cursor =
      store.scan(Family::meta, growth_key(memory.generation, 0), growth_key(~std::uint64_t{0}, 0));
  for (; cursor->valid(); cursor->next()) {
    const auto note = parse_growth(cursor->key(), cursor->value());
    if (!note) return Error(ErrorCode::corrupt, "A note of a log's growth can't be decoded.");
    grown.try_emplace(note->log, note->seq);  // the oldest counts
  }
  RELAIS_TRY(cursor->status());
  return grown;
}

Status remember_peer(Commit& commit, const Reads& store, const DeviceId& peer, PeerMemory memory) {
  const bool begins = commit.begin_generation();
  memory.generation = commit.generation();
  // A damaged one is replaced.
  const auto before = find_peer_memory(store, peer);
  if (before && *before == memory) return {};
  commit.batch().put(Family::meta, peer_key(peer), encode(memory));
  if (!begins || memory.generation % limits::kForgettingInterval != 0) return {};
  RELAIS_ASSIGN(const auto oldest,
                forget_oldest(commit.batch(), store, memory.generation, peer_key(peer)));
  commit.batch().remove_range(Family::meta, growth_key(0, 0), growth_key(oldest, 0));
  return {};
}

void forget_peer(Batch& batch, const DeviceId& peer) { batch.remove(Family::meta, peer_key(peer)); }

}  // namespace relais::store

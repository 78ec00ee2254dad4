#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "store/memory/memory_store.h"
#include "store/memory/versioned_map.h"

namespace relais::store {

using CommitNumber = VersionedMap::CommitNumber;

/// Guarded by `mutex`, which callers of the functions below hold.
struct MemoryDisk::State {
  mutable std::mutex mutex;
  std::array<VersionedMap, kFamilyCount> families;
  CommitNumber committed = 0;
  CommitNumber synced = 0;
  std::uint64_t opening = 0;  ///< counts openings and crashes, to detect a stale store
  bool open = false;
  bool failed = false;
  std::multiset<CommitNumber> readers;  ///< commits that snapshots and iterators read
  std::optional<WriteFault> fault;
  std::optional<Batch> landing;  ///< a failed commit that is there after the next opening

  VersionedMap& family(Family name) { return families[static_cast<std::size_t>(name)]; }
  const VersionedMap& family(Family name) const { return families[static_cast<std::size_t>(name)]; }

  void apply(const Batch& batch);
  void trim();
  Status before_write(const Batch* batch);
};

/// The error of any call on a store, snapshot or iterator from before a crash.
Error closed_by_crash();

Result<bool> read_at(const MemoryDisk::State& state, CommitNumber at, Family family, BytesView key,
                     Bytes& out);
Result<std::vector<std::optional<Bytes>>> read_all_at(const MemoryDisk::State& state,
                                                      CommitNumber at, Family family,
                                                      std::span<const BytesView> keys);
std::unique_ptr<Iterator> scan_at(std::shared_ptr<MemoryDisk::State> state, CommitNumber at,
                                  std::uint64_t opening, Family family, BytesView from,
                                  BytesView to);
std::unique_ptr<Reads> snapshot_at(std::shared_ptr<MemoryDisk::State> state, CommitNumber at,
                                   std::uint64_t opening);

}  // namespace relais::store

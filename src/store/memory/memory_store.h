#pragma once

#include <cstddef>
#include <memory>

#include "relais/result.h"
#include "store/store.h"

namespace relais::store {

/// A disk in memory: what a store wrote outlives the store, and writes can be made to fail. For
/// tests and the simulator; deterministic.
/// Threads: any.
class MemoryDisk {
 public:
  MemoryDisk();

  /// Fails: store_locked while another store of this disk is open.
  Result<std::unique_ptr<Store>> open();

  /// Simulates a power cut. What was `synced` stays, and of the later commits the first
  /// `buffered_kept`. The open store, its snapshots and its iterators become unusable: each call
  /// fails with `closed`. The disk can be opened again at once.
  void crash(std::size_t buffered_kept = 0);
  /// Commits that a power cut could lose.
  std::size_t buffered_commits() const;

  struct WriteFault {
    std::size_t after = 0;  ///< commits and syncs that still succeed
    ErrorCode code = ErrorCode::store_failed;
    bool lands = false;  ///< the failed commit is there after the next opening
  };
  /// The store stops at that write, as a real one does.
  void fail_writes(WriteFault fault);
  /// Damages the value of the key: reading it fails with `corrupt` until it is written again.
  /// False: no such key.
  bool damage(Family family, BytesView key);
  /// Number of versions kept, of all keys.
  std::size_t version_count() const;

  /// State shared by the disk and the stores opened on it.
  struct State;

 private:
  std::shared_ptr<State> state_;
};

/// A store in memory, with its own disk.
std::unique_ptr<Store> make_memory_store();

}  // namespace relais::store

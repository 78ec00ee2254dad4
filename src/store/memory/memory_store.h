#pragma once

#include <cstddef>
#include <memory>

#include "relais/result.h"
#include "store/store.h"

namespace relais::store {

/// The disk of a device that exists in memory alone: what its store wrote outlives the store, and
/// it fails when told to. For tests and the simulator; the same calls give the same answers.
/// Threads: any.
class MemoryDisk {
 public:
  MemoryDisk();

  /// Fails: store_locked while another store of this disk is open.
  Result<std::unique_ptr<Store>> open();

  /// Cuts the power. What was `synced` stays, and of the commits after that the first
  /// `buffered_kept`. An open store, its snapshots and its cursors are dead from then on: each
  /// call fails with `closed`. Opening is possible at once.
  void crash(std::size_t buffered_kept = 0);
  /// How many commits a power cut could take.
  std::size_t buffered_commits() const;

  struct WriteFault {
    std::size_t after = 0;  ///< commits and syncs that still succeed
    ErrorCode code = ErrorCode::store_failed;
    bool lands = false;  ///< the commit that fails is there after the next opening
  };
  /// The store stops at that write, as a real one would.
  void fail_writes(WriteFault fault);
  /// Turns a bit in what is stored under the key: reading it is `corrupt` until it is written
  /// again. False: there is no such key.
  bool damage(Family family, BytesView key);
  /// Versions kept of all keys.
  std::size_t version_count() const;

  /// What the disk and the stores opened on it share.
  struct State;

 private:
  std::shared_ptr<State> state_;
};

/// A store in memory, on a disk of its own.
std::unique_ptr<Store> make_memory_store();

}  // namespace relais::store

#pragma once

#include <functional>
#include <memory>

#include "simulator/plan.h"
#include "simulator/trace.h"
#include "store/store.h"
#include "support/chance.h"

namespace relais::simulator {

/// How a write fails.
enum class WriteError {
  disk_full,  ///< it isn't there
  fails,      ///< it isn't there
  landed,     ///< it is there after the next opening
};

/// A device's disk: what its store wrote outlives the store, and it fails when told to.
class Disk {
 public:
  virtual ~Disk() = default;

  /// Makes the store, if there is none. Only once the one before is gone. Fails: as the store's.
  virtual Result<std::unique_ptr<store::Store>> open() = 0;
  /// The power goes: of what wasn't synced, some is lost. What an open store still does reaches
  /// nobody. Draws from `chance` once, whatever the store.
  virtual void cut_power(testing::Chance& chance) = 0;
  /// Runs a write of the open store, and lets it fail so.
  virtual Status failing(WriteError error, const std::function<Status()>& write) = 0;
  /// Another disk with the same in it: `contents`, which is what the store shows.
  virtual std::shared_ptr<Disk> copy(const store::Reads& contents) = 0;
};

/// Makes the disks of a simulation. RocksDB's lie in a folder of their own, which goes with it.
class Disks {
 public:
  virtual ~Disks() = default;
  virtual std::shared_ptr<Disk> make(const testing::Chance& chance) = 0;
};
std::unique_ptr<Disks> make_disks(StoreKind kind, Counts& counts);

std::unique_ptr<Disks> make_memory_disks();
std::unique_ptr<Disks> make_rocksdb_disks(Counts& counts);

}  // namespace relais::simulator

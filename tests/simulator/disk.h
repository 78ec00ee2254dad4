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
  disk_full,  ///< the data is not there
  fails,      ///< the data is not there
  landed,     ///< the data is there after the next opening
};

/// The disk of a device: what its store wrote outlives the store, and writes can be made to fail.
class Disk {
 public:
  virtual ~Disk() = default;

  /// Opens the store, creating it if missing. Only once the previous one is destroyed. Fails: as
  /// the store.
  virtual Result<std::unique_ptr<store::Store>> open() = 0;
  /// Cuts the power: some of what was not synced is lost. Later writes of the open store have no
  /// effect. Draws from `chance` once, for any kind of store.
  virtual void cut_power(testing::Chance& chance) = 0;
  /// Runs a write of the open store and makes it fail.
  virtual Status failing(WriteError error, const std::function<Status()>& write) = 0;
  /// A new disk with the same contents: `contents`, a view of the store.
  virtual std::shared_ptr<Disk> copy(const store::Reads& contents) = 0;
};

/// Makes the disks of a simulation. Those of RocksDB lie in a temporary folder, removed at the end.
class Disks {
 public:
  virtual ~Disks() = default;
  virtual std::shared_ptr<Disk> make(const testing::Chance& chance) = 0;
};
std::unique_ptr<Disks> make_disks(StoreKind kind, Counts& counts);

std::unique_ptr<Disks> make_memory_disks();
std::unique_ptr<Disks> make_rocksdb_disks(Counts& counts);

}  // namespace relais::simulator

#pragma once

#include <functional>
#include <memory>

#include "store/memory/memory_store.h"

namespace relais::simulator {

/// What befalls a write.
enum class WriteFate {
  lands,         ///< as it should
  power_before,  ///< the power goes before it
  power_after,   ///< the power goes once it is done, before anyone hears of it
  disk_full,     ///< it fails, and isn't there
  fails,         ///< it fails, and isn't there
  fails_landed,  ///< it fails, and is there after the next opening
};

/// Which write it is: the state that a fault finds.
enum class WritePoint { buffered_commit, synced_commit, sync };

/// A store on a disk in memory whose writes meet what `fate` says. When the power goes it takes the
/// disk's unsynced writes with it, but for as many as `kept` says.
struct WriteFaults {
  std::function<WriteFate(WritePoint)> fate;
  std::function<std::size_t(std::size_t buffered)> kept;
  std::function<void()> on_power_cut;
};

/// Fails: store_locked.
Result<std::unique_ptr<store::Store>> open_faulty(store::MemoryDisk& disk, WriteFaults faults);

}  // namespace relais::simulator

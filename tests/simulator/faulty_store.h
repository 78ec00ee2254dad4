#pragma once

#include <functional>
#include <memory>

#include "simulator/disk.h"

namespace relais::simulator {

/// What befalls a write.
enum class WriteOutcome {
  lands,         ///< as it should
  power_before,  ///< the power goes before it
  power_after,   ///< the power goes once it is done, before anyone hears of it
  disk_full,     ///< it fails, and isn't there
  fails,         ///< it fails, and isn't there
  fails_landed,  ///< it fails, and is there after the next opening
};

/// Which write it is: the state that a fault finds.
enum class WritePoint { buffered_commit, synced_commit, sync };

/// A device's store, whose writes meet what `outcome` says.
struct WriteFaults {
  std::function<WriteOutcome(WritePoint)> outcome;
  std::function<void()> cut_power;  ///< takes from the disk what wasn't synced
  std::weak_ptr<void> powered;      ///< once it is gone the store answers nobody
};
std::unique_ptr<store::Store> make_faulty(std::unique_ptr<store::Store> inner, Disk& disk,
                                          WriteFaults faults);

}  // namespace relais::simulator

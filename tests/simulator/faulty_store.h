#pragma once

#include <functional>
#include <memory>

#include "simulator/disk.h"

namespace relais::simulator {

/// Outcome of a write.
enum class WriteOutcome {
  lands,         ///< success
  power_before,  ///< power cut before the write
  power_after,   ///< power cut after the write, before it is acknowledged
  disk_full,     ///< it fails, and the data is not there
  fails,         ///< it fails, and the data is not there
  fails_landed,  ///< it fails, and the data is there after the next opening
};

/// The kind of write: the state in which a fault strikes.
enum class WritePoint { buffered_commit, synced_commit, sync };

/// Makes a store whose writes have the given outcomes.
struct WriteFaults {
  std::function<WriteOutcome(WritePoint)> outcome;
  std::function<void()> cut_power;  ///< removes from the disk what was not synced
  std::weak_ptr<void> powered;      ///< once it is gone, every call of the store fails
};
std::unique_ptr<store::Store> make_faulty(std::unique_ptr<store::Store> inner, Disk& disk,
                                          WriteFaults faults);

}  // namespace relais::simulator

#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "store/store.h"

namespace relais::testing {

/// Which call of a store fails, counted from when it was set; and how many there were. What fails
/// is as if the process had no file descriptor left: the store itself goes on.
struct ReadFaults {
  std::optional<std::uint64_t> reads_left;  ///< so many succeed, some fail, then all succeed
  std::uint64_t failing = 1;                ///< so many fail
  std::uint64_t reads = 0;
  bool failed = false;  ///< one did
  std::uint64_t commits = 0;
  std::size_t largest_commit = 0;  ///< in bytes
};

/// A store whose reads fail as `calls` says. Writes go through.
std::unique_ptr<store::Store> with_read_faults(std::unique_ptr<store::Store> inner,
                                               std::shared_ptr<ReadFaults> calls);

}  // namespace relais::testing

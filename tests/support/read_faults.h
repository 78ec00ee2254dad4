#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "store/store.h"

namespace relais::testing {

/// Which reads of a store fail, counted from when it was set, and how many calls there were. A
/// failing read is one for which the process has no descriptor left: the store itself goes on.
struct ReadFaults {
  std::optional<std::uint64_t> reads_left;  ///< then `failing` fail, then all succeed
  std::uint64_t failing = 1;                ///< this many fail
  std::uint64_t reads = 0;
  bool failed = false;  ///< a read has failed
  std::uint64_t commits = 0;
  std::size_t largest_commit = 0;  ///< in bytes
};

/// A store whose reads, also of its snapshots, fail as `calls` says. Writes succeed.
std::unique_ptr<store::Store> with_read_faults(std::unique_ptr<store::Store> inner,
                                               std::shared_ptr<ReadFaults> calls);

}  // namespace relais::testing

#pragma once

#include <vector>

#include "relais/status.h"
#include "store/store.h"
#include "store/tables/log_table.h"

namespace relais::replica {

/// Missing positions of one log that changes wait for.
struct Awaited {
  log::LogId log;
  StatusReport::Awaited::Why why = StatusReport::Awaited::Why::missing;
  std::uint64_t changes = 0;  ///< that wait for it first; more may wait behind them
};

/// One entry per log and reason. A change that waits for another waiting change isn't counted.
/// Fails: corrupt, store_failed. Cost: O(waiting changes).
Result<std::vector<Awaited>> awaited(const store::Reads& store, const store::LogTable& logs);

}  // namespace relais::replica

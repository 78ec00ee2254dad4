#pragma once

#include <vector>

#include "relais/status.h"
#include "store/store.h"
#include "store/tables/log_table.h"

namespace relais::replica {

/// What changes wait for that isn't here: places of one log.
struct Awaited {
  log::LogId log;
  StatusReport::Awaited::Why why = StatusReport::Awaited::Why::missing;
  std::uint64_t changes = 0;  ///< that wait for it first; others wait behind these
};

/// By log. What waits for a change that is here and waits itself isn't told: that one's reason is.
/// Fails: corrupt, store_failed. Cost: O(changes that wait).
Result<std::vector<Awaited>> awaited(const store::Reads& store, const store::LogTable& logs);

}  // namespace relais::replica

#pragma once

#include <vector>

#include "store/store.h"
#include "store/tables/log_table.h"

namespace relais::engine {

/// What changes wait for that isn't here: places of one log.
struct Awaited {
  enum class Why : std::uint8_t {
    missing,        ///< they haven't come
    other_history,  ///< the log here is another one: the changes cite other hashes than it has
    forked,         ///< the log is known to be forked: nothing more of it is taken in
  };
  log::LogId log;
  Why why = Why::missing;
  std::uint64_t changes = 0;  ///< that wait for it first; others wait behind these
};

/// By log. What waits for a change that is here and waits itself isn't told: that one's reason is.
/// Fails: corrupt, store_failed. Cost: O(changes that wait).
Result<std::vector<Awaited>> awaited(const store::Reads& store, const store::LogTable& logs);

}  // namespace relais::engine

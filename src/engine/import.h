#pragma once

#include <functional>

#include "relais/replica.h"
#include "replica/core.h"

namespace relais::engine {

/// Runs an import; each batch is encoded while the previous one is written. `should_stop` is called
/// after each batch. Fails: as replica::Import::prepare; store_failed, disk_full; closed, also when
/// `should_stop` returns true. Batches that were written stay.
Result<ImportReport> import_ndjson(replica::Core& core, std::string_view text,
                                   const ImportOptions& options, Threading threading,
                                   const std::function<bool()>& should_stop = {});

}  // namespace relais::engine

#pragma once

#include "relais/replica.h"
#include "replica/core.h"

namespace relais::engine {

/// Runs an import to its end; each batch is encoded beside the writing of the one before.
/// Fails: as replica::Import::prepare; store_failed, disk_full, closed.
Result<ImportReport> import_ndjson(replica::Core& core, std::string_view text,
                                   const ImportOptions& options, Threading threading);

}  // namespace relais::engine

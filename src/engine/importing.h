#pragma once

#include "engine/core.h"
#include "relais/replica.h"

namespace relais::engine {

/// Imports newline-delimited JSON. Two passes: all is checked, then all is written, in durable
/// batches of limits::kImportBatch documents, each a transaction of its own.
/// Takes and releases the core's mutex batch by batch.
Result<ImportReport> import_ndjson(Core& core, std::string_view lines,
                                   const ImportOptions& options);

}  // namespace relais::engine

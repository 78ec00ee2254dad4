#pragma once

#include "engine/core.h"
#include "engine/runtime/beside.h"
#include "relais/replica.h"

namespace relais::engine {

/// Imports newline-delimited JSON. All is checked, then all is written, in durable batches of
/// limits::kImportBatch documents, each a transaction of its own; the next batch is encoded beside
/// the writing of the one before. Takes and releases the core's mutex batch by batch.
Result<ImportReport> import_ndjson(Core& core, std::string_view text, const ImportOptions& options,
                                   Threading threading);

}  // namespace relais::engine

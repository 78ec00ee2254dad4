#pragma once

#include <functional>

#include "relais/replica.h"
#include "replica/core.h"

namespace relais::engine {

/// Runs an import to its end; each batch is encoded beside the writing of the one before.
/// `should_stop` is asked after each batch. Fails: as replica::Import::prepare; store_failed,
/// disk_full; closed, also if `should_stop` says so: what was written stays.
Result<ImportReport> import_ndjson(replica::Core& core, std::string_view text,
                                   const ImportOptions& options, Threading threading,
                                   const std::function<bool()>& should_stop = {});

}  // namespace relais::engine

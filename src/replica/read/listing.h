#pragma once

#include "relais/replica.h"
#include "replica/read/read_view.h"

namespace relais::replica {

/// All documents as of one moment, in the order of their names, with their JSON. `visit` gives
/// false to stop. What can't be read is passed over: gives those. Fails: as the store's names do.
Result<std::vector<Unreadable>> each_document(
    const Snapshot& snapshot,
    const std::function<bool(const DocumentId&, std::string_view json)>& visit);
/// Likewise all conflicts.
Result<std::vector<Unreadable>> each_conflict(
    const Snapshot& snapshot, const std::function<void(const ConflictView&)>& visit);

}  // namespace relais::replica

#pragma once

#include "relais/replica.h"
#include "replica/read/read_view.h"

namespace relais::replica {

/// As Replica::each_document. Fails: as each_name.
Result<std::vector<Unreadable>> each_document(
    const Snapshot& snapshot,
    const std::function<bool(const DocumentId&, std::string_view json)>& visit);
/// As Replica::conflicts; `visit` returns false to stop. Fails: as each_name.
Result<std::vector<Unreadable>> each_conflict(
    const Snapshot& snapshot, const std::function<bool(const ConflictView&)>& visit);

}  // namespace relais::replica

#pragma once

#include <functional>
#include <vector>

#include "relais/replica.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// Calls `visit` for the names of all documents, or of those with conflicts, sorted by scope,
/// collection and id, until it returns false. Fails: as `visit`; corrupt, store_failed.
Status each_name(const ReadSource& from,
                 const std::function<Result<bool>(const DocumentId&)>& visit);
Status each_conflicting(const ReadSource& from,
                        const std::function<Result<bool>(const DocumentId&)>& visit);

/// As Replica::list.
Result<std::vector<DocumentId>> list(const ReadSource& from, const ListOptions& options);
/// As Replica::collections.
Result<std::vector<Collection>> collections(const ReadSource& from);

}  // namespace relais::replica

#pragma once

#include "access/membership.h"
#include "relais/status.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// As Replica::status. Reads the keys of all documents, and the documents with conflicts.
/// Fails: corrupt, store_corrupt, store_failed.
Result<StatusReport> status(const Snapshot& snapshot);

Level public_level(access::Level level);

}  // namespace relais::replica

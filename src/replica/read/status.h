#pragma once

#include "access/membership.h"
#include "relais/status.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// Counts and warnings for people. Reads the keys of all documents.
Result<StatusReport> status(const Snapshot& snapshot);

Level public_level(access::Level level);

}  // namespace relais::replica

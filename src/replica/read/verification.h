#pragma once

#include "relais/replica.h"
#include "replica/core.h"

namespace relais::replica {

/// Reads everything: each log's chain from its beginning against its signed heads, and each block.
/// Derives each document again from its changes, and compares with it what the store keeps: its
/// state, context, checkpoint, and its entries in the indexes. Writes
/// nothing.
Result<VerifyReport> verify(const Snapshot& snapshot);

/// Counts for people. Reads the keys of all documents.
Result<StatusReport> status(const Snapshot& snapshot);

}  // namespace relais::replica

#pragma once

#include <functional>

#include "relais/status.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// Checks each log's chain against its signed heads, and opens each block. Derives each document
/// again from its changes, and compares the stored state, context, checkpoint and the entries in
/// the indexes of conflicts, of waiting changes and of changes set aside. Writes nothing.
/// `should_stop` is called for each log and document. Fails: closed if
/// `should_stop` returns true; corrupt, store_failed.
Result<VerifyReport> verify(const Snapshot& snapshot,
                            const std::function<bool()>& should_stop = {});

}  // namespace relais::replica

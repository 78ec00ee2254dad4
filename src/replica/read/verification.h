#pragma once

#include <functional>

#include "relais/status.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// Reads everything: each log's chain from its beginning against its signed heads, and each block.
/// Derives each document again from its changes, and compares with it what the store keeps: its
/// state, context, checkpoint, and its entries in the indexes of conflicts, of waiting changes and of
/// changes that were set aside. Writes nothing.
/// `should_stop` is asked now and then. Fails: closed if it says so; store_failed.
Result<VerifyReport> verify(const Snapshot& snapshot,
                            const std::function<bool()>& should_stop = {});

}  // namespace relais::replica

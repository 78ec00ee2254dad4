#pragma once

#include "access/founding.h"
#include "replica/core.h"

namespace relais::replica {

/// Writes a new space into an empty store, in one durable commit: root's log, the owner's control
/// log, the identity. Returns the recovery phrase, which isn't stored.
/// Fails: invalid_argument, limit_exceeded (the plan), store_failed, disk_full.
Result<std::string> found_space(store::Store& store, const Environment& environment,
                                const Bytes& marker, const access::FoundingPlan& plan);

}  // namespace relais::replica

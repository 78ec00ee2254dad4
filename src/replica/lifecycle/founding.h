#pragma once

#include "access/founding.h"
#include "replica/core.h"

namespace relais::replica {

/// Writes a new space into an empty store, in one durable commit: root's log, the owner's control
/// log, the identity. Gives the recovery phrase, which is kept nowhere.
/// Fails: invalid_argument (a label or a name that can't be), store_failed, disk_full.
Result<std::string> found_space(store::Store& store, const Environment& environment,
                                const Bytes& marker, const access::FoundingPlan& plan);

}  // namespace relais::replica

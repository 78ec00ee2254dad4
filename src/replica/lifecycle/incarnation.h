#pragma once

#include "replica/core.h"

namespace relais::replica {

/// Opens a replica that is a member. A folder that is a copy (its `marker` isn't the one it was
/// written with: see folder_marker) starts a new incarnation. What couldn't be read before its key
/// came is read now. Fails: as Core::open; store_failed.
Result<std::unique_ptr<Core>> open_replica(std::unique_ptr<store::Store> store,
                                           const Environment& environment, const Bytes& marker);

/// From now on this device writes as a new author: its folder is a copy, or its log was met longer
/// than it is here. What the old author wrote is sealed first, as nobody can do that afterwards.
Status start_new_incarnation(Core& core, const Bytes& marker);

}  // namespace relais::replica

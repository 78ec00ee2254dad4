#pragma once

#include "replica/core.h"

namespace relais::replica {

/// Opens the replica of a member, and continues the projection. If the folder is a copy (`marker`
/// differs from the stored one: engine/marker.h), starts a new incarnation. Fails: as Core::open
/// and Core::commit; corrupt.
Result<std::unique_ptr<Core>> open_replica(std::unique_ptr<store::Store> store,
                                           const Environment& environment, const Bytes& marker);

/// From now on this device writes as a new author: its folder is a copy, or a peer has a longer log
/// of it. First seals what the old author wrote, as that is impossible afterwards. Durable on
/// return.
Status start_new_incarnation(Core& core, const Bytes& marker);

}  // namespace relais::replica

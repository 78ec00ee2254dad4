#pragma once

#include <vector>

#include "engine/core.h"

namespace relais::engine {

/// Sees to it that this device can write in a compartment: where it has no epoch to write under, it
/// makes one, for every compartment it may write that lacks one; durable on return. A device that
/// may not write makes none. Call before an OwnCommit is begun. Fails: store_failed, disk_full.
Status ensure_epoch(Core& core, const CompartmentId& compartment);

/// New keys, whatever there is; durable on return. Fails: as above.
Status make_epochs(Core& core, const std::vector<CompartmentId>& compartments);

}  // namespace relais::engine

#pragma once

#include <vector>

#include "replica/core.h"

namespace relais::replica {

/// Sees to it that this device can write in a compartment, and is read: where it has no epoch to
/// write under, it makes one, for every compartment it may write that lacks one; and it hands the
/// key on to readers for whom control has no copy that opens. Durable on return. A device that may
/// not write does nothing. Call before an OwnCommit is begun. Fails: store_failed, disk_full.
Status ensure_epoch(Core& core, const CompartmentId& compartment);

/// Where a member's control log is nearly full, does at once what `ensure_epoch` will do: it may go
/// on as another author then, and places in logs must be taken as that one. Else does nothing.
Status ensure_epoch_if_nearly_full(Core& core, const CompartmentId& compartment);

/// New keys, whatever there is; durable on return. Fails: as above.
Status make_epochs(Core& core, const std::vector<CompartmentId>& compartments);

/// After control grew: hands the keys of epochs that this device made to readers that it didn't
/// know. Durable on return. Fails: as above.
Status share_own_epochs(Core& core);

}  // namespace relais::replica

#pragma once

#include <vector>

#include "replica/core.h"

namespace relais::replica {

/// Ensures that this device has an epoch to write under in a compartment (if not, makes one for
/// every compartment that it may write and that lacks one), and shares the key with readers for
/// whom control has no copy that opens. Durable on return. Does nothing if the device may not
/// write. Call before an OwnCommit is begun. Fails: as write_control.
Status ensure_epoch(Core& core, const CompartmentId& compartment);

/// If a member's control log is nearly full, calls `ensure_epoch`, which may start a new
/// incarnation: positions in logs must be those of the new author. Otherwise does nothing.
Status ensure_epoch_if_nearly_full(Core& core, const CompartmentId& compartment);

/// Makes new epochs for the compartments; durable on return. Fails: as above.
Status make_epochs(Core& core, const std::vector<CompartmentId>& compartments);

/// Call after control has grown: shares the keys of epochs that this device made with new readers.
/// Durable on return. Fails: as above.
Status share_own_epochs(Core& core);

}  // namespace relais::replica

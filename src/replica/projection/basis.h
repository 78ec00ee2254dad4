#pragma once

#include "replica/core.h"

/// The inputs by which positions are judged, besides their logs: when they change, positions are
/// judged again.
namespace relais::replica {

/// Compares the current inputs (the version of the rules, sections, owners, frozen logs) with those
/// that the store's documents were judged by, and lists what is to be rebuilt. Fails: as
/// Core::commit; corrupt.
Status renew_basis(Core& core);

/// Judges again a slice of the locked positions whose keys have arrived. Returns whether there were
/// any. Fails: as Core::commit; corrupt.
Result<bool> unlock_some(Core& core);

}  // namespace relais::replica

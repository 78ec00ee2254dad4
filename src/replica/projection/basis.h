#pragma once

#include "replica/core.h"

/// What places were judged by beyond their logs: what changes there makes them be judged again.
namespace relais::replica {

/// Compares the program's version, the mapping of sections and the owners with those that the
/// store's documents were made under, and lists what is to be rebuilt.
Status renew_basis(Core& core);

/// Judges some of the places again that are locked and whose keys came. Gives whether there were
/// any.
Result<bool> unlock_some(Core& core);

}  // namespace relais::replica

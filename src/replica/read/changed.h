#pragma once

#include <vector>

#include "relais/event.h"
#include "replica/projection/ground.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// What a commit did to a document, for observers: an entry for each device that wrote the changes.
/// None for the library's own documents. A change that can't be read any more touched the whole.
std::vector<DocumentChange> changes_of(const Snapshot& snapshot, const Touched& touched);

}  // namespace relais::replica

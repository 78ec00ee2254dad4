#pragma once

#include <vector>

#include "relais/event.h"
#include "replica/projection/projection_batch.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// What a commit changed in a document, for observers: one entry per device that wrote the changes.
/// None for the library's own documents. A change that can't be read counts as one of the whole.
std::vector<DocumentChange> changes_of(const Snapshot& snapshot, const Touched& touched);

}  // namespace relais::replica

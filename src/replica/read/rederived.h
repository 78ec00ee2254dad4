#pragma once

#include <vector>

#include "replica/snapshot.h"

namespace relais::replica {

/// A document made from its changes alone, without the stored checkpoint.
struct Rederived {
  document::State state;
  std::vector<store::LocalPosition> applied;  ///< all of them, sorted
  bool has_non_writes = false;                ///< as in store::DocumentRecord
};

/// Applies each applied change of a document to an empty state, in causal order. Cost: O(n log n)
/// for n changes and their entries. Fails: as reading a change.
Result<Rederived> rederive(const ReadSource& from, BytesView key,
                           const store::DocumentRecord& record);

}  // namespace relais::replica

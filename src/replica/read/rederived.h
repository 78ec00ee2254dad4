#pragma once

#include <vector>

#include "replica/snapshot.h"

namespace relais::replica {

/// What a document's changes make of it, whatever checkpoint the store keeps.
struct Rederived {
  document::State state;
  std::vector<store::LocalPosition> applied;  ///< all of them, by place
  bool has_non_writes = false;                ///< of store::DocumentRecord
};

/// The one way in which `verify` derives a document again: each change that counts is opened and
/// applied once more to an empty state, in causal order. Takes n log n steps for n changes and what
/// they name. Fails as reading a change does.
Result<Rederived> rederive(const ReadSource& from, BytesView key,
                           const store::DocumentRecord& record);

}  // namespace relais::replica

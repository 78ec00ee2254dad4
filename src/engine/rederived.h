#pragma once

#include <vector>

#include "engine/core.h"

namespace relais::engine {

/// What a document's changes make of it, whatever the store keeps of it.
struct Rederived {
  document::State state;
  std::vector<store::LocalPosition> context;  ///< per log, the last one applied; by log
  std::vector<store::LocalPosition> waiting;  ///< those that build on what isn't here; by place
};

/// The one way in which `verify` derives a document again: from all changes that are filed under it
/// in one compartment, in any order, without a look at its record, its checkpoint or the index of
/// what waits. Takes n log n steps for n changes and what they name.
/// Fails as reading a change does.
Result<Rederived> rederive(Core& core, const CompartmentId& compartment,
                           const std::vector<store::LocalPosition>& places);

}  // namespace relais::engine

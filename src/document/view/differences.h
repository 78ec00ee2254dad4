#pragma once

#include <vector>

#include "document/state/state.h"
#include "relais/document.h"

namespace relais::document {

/// The fields that two states of one document show differently, in canonical order. Elements are
/// named by their index in `after`, removed ones by their id.
std::vector<FieldDifference> differences(const State& before, const State& after);

}  // namespace relais::document

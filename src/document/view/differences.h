#pragma once

#include <vector>

#include "document/state/state.h"
#include "relais/document.h"

namespace relais::document {

/// The fields that read differently in two states of one document, in canonical order. Elements are
/// named by their places in `after`, those that are gone by their ids.
std::vector<FieldDifference> differences(const State& before, const State& after);

}  // namespace relais::document

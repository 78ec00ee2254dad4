#pragma once

#include <string_view>
#include <vector>

#include "document/change.h"
#include "document/state.h"
#include "relais/document.h"

namespace relais::document {

/// What a change did, for people: its ops, or those at a path and below it. `now`: a state in which
/// elements are looked up for their places. A path that isn't one has no edits.
std::vector<FieldEdit> retell(const Change& change, const Position& self, const State& now,
                              std::string_view path);

}  // namespace relais::document

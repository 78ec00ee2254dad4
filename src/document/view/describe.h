#pragma once

#include <vector>

#include "document/change.h"
#include "document/view/path_text.h"
#include "relais/document.h"

namespace relais::document {

/// What a change did, for people: its ops, or those at a path and below it. `texts`: of the state
/// in which elements are looked up for their places.
std::vector<FieldEdit> describe(const Change& change, const Position& self, PathTexts& texts,
                                const Path& above);

}  // namespace relais::document

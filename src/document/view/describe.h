#pragma once

#include <vector>

#include "document/change.h"
#include "document/view/path_text.h"
#include "relais/document.h"

namespace relais::document {

/// A description of a change for people: its ops at a path and below it. `texts`: of the state in
/// which elements are looked up for their indices.
std::vector<FieldEdit> describe(const Change& change, const Position& self, PathTexts& texts,
                                const Path& above);

}  // namespace relais::document

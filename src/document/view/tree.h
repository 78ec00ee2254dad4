#pragma once

#include <string>
#include <vector>

#include "document/state/state.h"
#include "relais/document.h"

namespace relais::document {

/// What is shown at a path and below it. Fails: not_found.
Result<FieldTree> read_tree(const State& state, const Path& path);
/// The whole document from its states, as in to_json.
FieldTree read_tree(const std::vector<const State*>& states);

/// The same text as to_json of the states.
std::string to_json(const FieldTree& tree);

}  // namespace relais::document

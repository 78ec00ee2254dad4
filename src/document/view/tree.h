#pragma once

#include <string>
#include <vector>

#include "document/state/state.h"
#include "relais/document.h"

namespace relais::document {

/// What is shown at a path and below it. Fails: not_found.
Result<FieldTree> read_tree(const State& state, const Path& path);
/// The whole document from its parts, as to_json has it.
FieldTree read_tree(const std::vector<const State*>& states);

/// As to_json of the states would write it.
std::string to_json(const FieldTree& tree);

}  // namespace relais::document

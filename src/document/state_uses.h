#pragma once

#include <vector>

#include "document/state_code.h"
#include "document/table.h"

namespace relais::document {

/// What a document's state says of each change of its table, by the change's number.
std::vector<state_layout::Use> uses_of(const State::Table& table);

}  // namespace relais::document

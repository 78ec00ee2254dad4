#pragma once

#include <vector>

#include "document/codec/state_code.h"
#include "document/state/table.h"

namespace relais::document {

/// What a document's state says of each change of its table, by the change's number.
std::vector<state_layout::Use> uses_of(const State::Table& table);
/// Those of its context, and those of whom something is named though nothing is here, with seq 0.
Context::Entries authors_of(const State::Table& table, const std::vector<state_layout::Use>& uses);

}  // namespace relais::document

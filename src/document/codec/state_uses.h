#pragma once

#include <vector>

#include "document/codec/state_code.h"
#include "document/state/table.h"

namespace relais::document {

/// How a state uses each change of its table, by the change's number.
std::vector<state_layout::Use> uses_of(const State::Table& table);
/// The authors of a state's context, and with seq 0 those that are only named.
Context::Entries authors_of(const State::Table& table, const std::vector<state_layout::Use>& uses);

}  // namespace relais::document

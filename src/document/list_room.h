#pragma once

#include "document/table.h"

namespace relais::document {

/// Puts the elements that a change inserts into lists that are there, still empty, where they will
/// stand in memory: of each list all at once. One by one, each would move all that is behind it.
/// `number`: the change's, in the table.
void make_room_in_lists(State::Table& table, const Change& change, std::uint32_t number);

}  // namespace relais::document

#pragma once

#include "document/state/table.h"

namespace relais::document {

/// Inserts the children and set elements that a change will add, still empty, before the change is
/// applied: one pass per container, where single insertions would move all later items each time.
/// `number`: the change's, in the table.
void make_room(State::Table& table, const Change& change, std::uint32_t number);

/// Adds those of `more`, which is sorted, that the node lacks, empty.
void add_children(const ChangeTable& changes, Node& node, std::vector<Child> more);
/// The same for the elements of a set, without duplicates in either.
void add_elements(std::vector<SetElement>& set, std::vector<SetElement> more);

}  // namespace relais::document

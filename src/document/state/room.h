#pragma once

#include "document/state/table.h"

namespace relais::document {

/// Puts what a change will add to objects, sets and lists, still empty, where it will stand in
/// memory: to each all at once. One by one, each would move all that is behind it. The change is
/// applied next. `number`: the change's, in the table.
void make_room(State::Table& table, const Change& change, std::uint32_t number);

/// Of a node's children: adds those that aren't there, empty. `more`: in their order.
void add_children(const ChangeTable& changes, Node& node, std::vector<Child> more);
/// The same for elements of a set; both have a value once.
void add_elements(std::vector<SetElement>& set, std::vector<SetElement> more);

}  // namespace relais::document

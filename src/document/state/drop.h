#pragma once

#include <algorithm>
#include <vector>

#include "document/state/table.h"

/// Removal of items from a node. Only for this folder.
namespace relais::document {

inline const LocalDot& dot_of(const LocalDot& dot) { return dot; }
template <class Item>
const LocalDot& dot_of(const Item& item) {
  return item.dot;
}

/// `Items`: a vector, std's or boost's.
template <class Items, class Is>
void remove_if(Items& items, const Is& is) {
  items.erase(std::remove_if(items.begin(), items.end(), is), items.end());
}

template <class Is>
void remove_if(Moves& moves, const Is& is) {
  std::erase_if(moves, is);
}

struct ByNumber {
  bool operator()(const LocalDot& a, const LocalDot& b) const {
    return std::pair(std::uint32_t{a.change}, std::uint32_t{a.index}) <
           std::pair(std::uint32_t{b.change}, std::uint32_t{b.index});
  }
};

/// `listed`: sorted by number.
template <class Items>
void drop_listed(Items& items, const std::vector<LocalDot>& listed) {
  remove_if(items, [&](const auto& item) {
    return std::binary_search(listed.begin(), listed.end(), dot_of(item), ByNumber());
  });
}

/// Drops values, presence dots, additions and moves. `listed`: sorted by number.
void drop_listed(Node& node, const std::vector<LocalDot>& listed);

/// Withdraws marks of the node. For a mark already withdrawn, adds `by` to its withdrawals.
void withdraw_marks(Rare& rare, const std::vector<LocalDot>& listed, const LocalDot& by);

/// Drops all but an author's last kMarksAtOnePath marks at a path, withdrawn ones included. False
/// if there are none to drop.
bool drop_early_marks(const ChangeTable& changes, Rare& rare);

/// Adds a permanent base; keeps only the last one of its author.
void keep_latest(const ChangeTable& changes, std::vector<Base>& bases, const Base& base);

}  // namespace relais::document

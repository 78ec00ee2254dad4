#include "document/list_room.h"

#include <algorithm>
#include <map>
#include <utility>

#include "document/op_places.h"

namespace relais::document {
namespace {

/// Fewer in one list are sooner inserted.
constexpr std::size_t kMany = 64;

struct ByPath {
  bool operator()(const Path* a, const Path* b) const { return *a < *b; }
};
using Inserted = std::map<const Path*, std::vector<std::uint32_t>, ByPath>;

Inserted inserted_by(const Change& change) {
  Inserted lists;
  std::uint32_t index = 0;
  for (const Op& op : change.ops) {
    if (std::holds_alternative<op::Insert>(op.what)) lists[&op.path].push_back(index);
    index += indices_of(op);
  }
  return lists;
}

void make_room(const ChangeTable& changes, Node& list, std::uint32_t number,
               const std::vector<std::uint32_t>& indices) {
  const auto before = [&changes](const Child& child, const LocalDot& dot) {
    return !child.is_element || changes.less(child.element, dot);
  };
  auto& children = list.children;
  const auto from = std::lower_bound(children.begin(), children.end(),
                                     LocalDot{number, indices.front(), 0}, before);
  const auto to =
      std::lower_bound(from, children.end(), LocalDot{number, indices.back() + 1, 0}, before);
  // At the end nothing moves; and of elements that others wrote to before, some are here.
  if (from == children.end() || from != to) return;
  std::vector<Child> more;
  more.reserve(indices.size());
  for (const std::uint32_t index : indices) more.emplace_back(LocalDot{number, index, 0});
  children.insert(from, std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

void make_room_in_lists(State::Table& table, const Change& change, std::uint32_t number) {
  if (change.ops.size() < kMany) return;
  for (const auto& [path, indices] : inserted_by(change)) {
    if (indices.size() < kMany) continue;
    if (Node* list = table.find(*path)) make_room(table.changes, *list, number, indices);
  }
}

}  // namespace relais::document

#include "document/state/room.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "document/codec/value_code.h"
#include "document/state/op_places.h"

namespace relais::document {
namespace {

/// Fewer additions to one container are faster inserted singly.
constexpr std::size_t kMany = 64;
/// Fewer ops are faster applied than sorted.
constexpr std::size_t kManyOps = 256;

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

bool makes_its_node(const Op& op) {
  return !std::holds_alternative<op::Clear>(op.what) &&
         !std::holds_alternative<op::Withdraw>(op.what) &&
         !std::holds_alternative<op::Remove>(op.what) &&
         !std::holds_alternative<op::DeleteText>(op.what);
}

/// Walks down the tree along the sorted paths of a change's ops.
class RoomInTree {
 public:
  RoomInTree(ChangeTable& changes, std::uint32_t number) : changes_(changes), number_(number) {}

  void run(Node& root, const Change& change) {
    std::vector<const Path*> paths;
    for (const Op& op : change.ops) {
      if (makes_its_node(op)) paths.push_back(&op.path);
    }
    std::sort(paths.begin(), paths.end(), ByPath());
    go(root, paths, 0);
  }

 private:
  using Paths = std::span<const Path* const>;

  /// `paths`: sorted, equal up to `depth`.
  void go(Node& node, Paths paths, std::size_t depth) {
    std::vector<Paths> ways;
    std::size_t at = 0;
    while (at < paths.size() && paths[at]->size() == depth) ++at;  // paths that end here
    while (at < paths.size()) {
      const Step& step = (*paths[at])[depth];
      std::size_t end = at + 1;
      while (end < paths.size() && (*paths[end])[depth] == step) ++end;
      ways.push_back(paths.subspan(at, end - at));
      at = end;
    }
    if (ways.size() >= kMany) add_all(node, ways, depth);
    for (const Paths way : ways) {
      const Step& step = (*way[0])[depth];
      if (way.size() >= kMany && !is_own(step)) go(child_of(node, step), way, depth + 1);
    }
  }

  void add_all(Node& node, const std::vector<Paths>& ways, std::size_t depth) {
    std::vector<Child> more;
    for (const Paths way : ways) {
      const Step& step = (*way[0])[depth];
      if (is_own(step)) continue;  // an element that this change inserts
      const auto* name = std::get_if<std::string>(&step);
      name != nullptr ? more.emplace_back(*name)
                      : more.emplace_back(changes_.intern(std::get<Dot>(step)));
    }
    add_children(changes_, node, std::move(more));
  }

  bool is_own(const Step& step) const {
    const auto* dot = std::get_if<Dot>(&step);
    return dot != nullptr && Position{dot->author, dot->seq} == changes_[number_].position;
  }
  Node& child_of(Node& node, const Step& step) {
    const auto* name = std::get_if<std::string>(&step);
    return name != nullptr ? node.child(*name)
                           : node.child(changes_, changes_.intern(std::get<Dot>(step)));
  }

  ChangeTable& changes_;
  std::uint32_t number_;
};

void make_room_in_sets(State::Table& table, const Change& change) {
  std::map<const Path*, std::vector<const Value*>, ByPath> sets;
  for (const Op& op : change.ops) {
    if (const auto* add = std::get_if<op::Add>(&op.what)) sets[&op.path].push_back(&add->value);
  }
  for (auto& [path, values] : sets) {
    Node* node = table.find(*path);
    if (node == nullptr || values.size() < kMany) continue;
    std::sort(values.begin(), values.end(),
              [](const Value* a, const Value* b) { return compare(*a, *b) < 0; });
    values.erase(std::unique(values.begin(), values.end(),
                             [](const Value* a, const Value* b) { return compare(*a, *b) == 0; }),
                 values.end());
    std::vector<SetElement> more;
    for (const Value* value : values) more.push_back({*value, {}});
    add_elements(node->more().set, std::move(more));
  }
}

/// Merges the new items of `more` into `all`; both are sorted.
template <class Items, class Less>
void merge_in(Items& all, Items more, const Less& less) {
  auto at = all.begin();
  std::erase_if(more, [&](const auto& item) {
    at = std::lower_bound(at, all.end(), item, less);
    return at != all.end() && !less(item, *at);
  });
  const auto size = static_cast<std::ptrdiff_t>(all.size());
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::inplace_merge(all.begin(), all.begin() + size, all.end(), less);
}

}  // namespace

void add_children(const ChangeTable& changes, Node& node, std::vector<Child> more) {
  merge_in(node.children, std::move(more), [&changes](const Child& a, const Child& b) {
    if (a.is_element != b.is_element) return b.is_element;
    return a.is_element ? changes.less(a.element, b.element) : a.name < b.name;
  });
}

void add_elements(std::vector<SetElement>& set, std::vector<SetElement> more) {
  merge_in(set, std::move(more),
           [](const SetElement& a, const SetElement& b) { return compare(a.value, b.value) < 0; });
}

void make_room(State::Table& table, const Change& change, std::uint32_t number) {
  if (change.ops.size() < kMany) return;
  if (change.ops.size() >= kManyOps) RoomInTree(table.changes, number).run(table.root, change);
  for (const auto& [path, indices] : inserted_by(change)) {
    if (indices.size() < kMany) continue;
    Node* list = table.find(*path);
    if (list == nullptr) continue;
    std::vector<Child> more;
    for (const std::uint32_t index : indices) more.emplace_back(LocalDot{number, index, 0});
    add_children(table.changes, *list, std::move(more));
  }
  make_room_in_sets(table, change);
}

}  // namespace relais::document

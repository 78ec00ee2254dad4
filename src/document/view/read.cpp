#include "document/view/read.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <unordered_map>

#include "document/sequence/span.h"
#include "document/state/marks.h"
#include "document/state/table.h"

namespace relais::document {
namespace {

std::vector<Sibling> siblings_of(const State& state, const Node& node, FieldKind kind) {
  std::vector<Sibling> siblings;
  if (!is_register(kind)) return siblings;
  const ChangeTable& changes = state.table().changes;
  for (const Versioned* version : shown_values(changes, node, kind)) {
    const ChangeTable::Entry& change = changes[version->dot.change];
    siblings.push_back({version->value, changes.global(version->dot), change.stamp, version->rank,
                        state.place_of(change.position)});
  }
  return siblings;
}

/// Visits the nodes with their paths in canonical order: names, then elements.
class Walk {
 public:
  explicit Walk(const State& state) : changes_(state.table().changes) {}

  template <class Visit>
  void run(const Node& node, const Visit& visit) {
    visit(node, path_);
    for (const Child& child : node.children) {
      if (child.is_element) {
        path_.emplace_back(changes_.global(child.element));
      } else {
        path_.emplace_back(child.name);
      }
      run(child.node, visit);
      path_.pop_back();
    }
  }

 private:
  const ChangeTable& changes_;
  Path path_;
};

int count_live(const Node& node) {
  int live = 0;
  for (const FieldKind kind : kKinds) live += is_live(node, kind);
  return live;
}

/// The live elements with concurrent moves, in canonical order.
std::vector<const Child*> moved_apart(const Node& list) {
  std::vector<const Child*> elements;
  if (!list.extras || list.extras->rare->moves.size() < 2) return elements;
  std::unordered_map<std::uint64_t, std::size_t> moves;
  for (const Moved& move : list.extras->rare->moves) ++moves[key_of(move.element)];
  for (const Child& child : list.children) {
    if (!child.is_element || !is_live(child.node)) continue;
    const auto of = moves.find(key_of(child.element));
    if (of != moves.end() && of->second > 1) elements.push_back(&child);
  }
  return elements;
}

Deletion deletion_of(const State& state, const Mark& mark) {
  const ChangeTable& changes = state.table().changes;
  const ChangeTable::Entry& change = changes[mark.dot.change];
  return {mark.reason.value_or(std::string()), changes.global(mark.dot), change.stamp,
          state.place_of(change.position)};
}

std::vector<Deletion> contested_deletions(const State& state, const Node& node) {
  std::vector<Deletion> deletions;
  for (const Mark& mark : node.extras->rare->marks) {
    if (mark.contested) deletions.push_back(deletion_of(state, mark));
  }
  return deletions;
}

/// Whether the node has a conflict, without listing it.
bool has_conflict(const ChangeTable& changes, const Node& node) {
  if (node.values.size() > 1 && shown_values(changes, node).size() > 1) return true;
  const bool leaf = node.children.empty() && !node.extras;
  if (!leaf && count_live(node) > 1) return true;
  if (!leaf && !moved_apart(node).empty()) return true;
  if (has_contested_mark(node) && is_live(node)) return true;
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](const Child& child) { return has_conflict(changes, child.node); });
}

}  // namespace

std::vector<Conflict> State::conflicts() const {
  std::vector<Conflict> conflicts;
  const ChangeTable& changes = table().changes;
  const auto visit = [&](const Node& node, const Path& path) {
    const bool clash = count_live(node) > 1;
    bool revived = has_contested_mark(node);  // reported once, with the shown kind
    for (const FieldKind kind : kShownFirst) {
      if (!is_live(node, kind)) continue;
      Conflict conflict{path, kind, siblings_of(*this, node, kind), clash, revived};
      if (revived) conflict.deletions = contested_deletions(*this, node);
      // The other registers have a rule that chooses.
      const bool open = kind == FieldKind::value && conflict.siblings.size() > 1;
      if (clash || revived || open) conflicts.push_back(std::move(conflict));
      revived = false;
    }
    for (const Child* child : moved_apart(node)) {
      Conflict conflict{path, shown_kind(child->node).value(), {}};
      conflict.path.emplace_back(changes.global(child->element));
      conflict.moved = true;
      conflicts.push_back(std::move(conflict));
    }
  };
  Walk(*this).run(table().root, visit);
  return conflicts;
}

bool State::has_conflicts() const { return has_conflict(table().changes, table().root); }

Result<Field> read_field(const State& state, const Path& path) {
  const ChangeTable& changes = state.table().changes;
  const Node* node = state.table().find(path);
  const auto shown = node != nullptr ? shown_kind(*node) : std::nullopt;
  if (!shown) return Error(ErrorCode::not_found, "Nothing is at the path.");
  Field field;
  field.kind = *shown;
  for (const FieldKind kind : kKinds) {
    if (kind != *shown && is_live(*node, kind)) field.other_kinds.push_back(kind);
  }
  switch (*shown) {
    case FieldKind::value:
    case FieldKind::last_writer:
    case FieldKind::ranked: field.siblings = siblings_of(state, *node, *shown); break;
    case FieldKind::text: field.text = visible_text(*node); break;
    case FieldKind::map:
      for (const Child& child : node->children) {
        if (!child.is_element && is_live(child.node)) field.names.push_back(child.name);
      }
      break;
    case FieldKind::list:
      for (const ListItem& item : live_elements(changes, *node)) {
        field.items.push_back(changes.global(item.child->element));
      }
      break;
    case FieldKind::set:
      if (node->extras) {
        for (const SetElement& element : node->extras->set) field.elements.push_back(element.value);
      }
      break;
    case FieldKind::counter: {
      const Wide value = counter_value(changes, *node);
      if (value > std::numeric_limits<std::int64_t>::max() ||
          value < std::numeric_limits<std::int64_t>::min()) {
        return Error(ErrorCode::limit_exceeded, "The counter exceeds 64 bits.");
      }
      field.count = static_cast<std::int64_t>(value);
      break;
    }
  }
  return field;
}

std::vector<std::pair<FieldKind, Sibling>> read_versions(const State& state, const Path& path) {
  std::vector<std::pair<FieldKind, Sibling>> versions;
  const Node* node = state.table().find(path);
  if (node == nullptr) return versions;
  for (const FieldKind kind : kRegisters) {
    for (Sibling& sibling : siblings_of(state, *node, kind)) {
      versions.emplace_back(kind, std::move(sibling));
    }
  }
  return versions;
}

std::vector<Voided> voided_fields(const State& state) {
  std::vector<Voided> voided;
  Walk(state).run(state.table().root, [&](const Node& node, const Path& path) {
    if (!node.extras || is_live(node)) return;
    for (const Mark& mark : node.extras->rare->marks) {
      if (!mark.reason || is_under_another(state.table(), path, mark)) continue;
      voided.push_back({deletion_of(state, mark), path});
    }
  });
  return voided;
}

std::optional<Deletion> deletion_of_all(const State& state) {
  const Node& root = state.table().root;
  std::optional<Deletion> newest;
  if (!root.extras || is_live(root)) return newest;
  for (const Mark& mark : root.extras->rare->marks) {
    Deletion deletion = deletion_of(state, mark);
    const auto age = [](const Deletion& one) { return std::tie(one.stamp, one.dot); };
    if (!newest || age(*newest) < age(deletion)) newest = std::move(deletion);
  }
  return newest;
}

std::vector<std::pair<Path, FieldKind>> live_fields(const State& state) {
  std::vector<std::pair<Path, FieldKind>> fields;
  Walk(state).run(state.table().root, [&](const Node& node, const Path& path) {
    for (const FieldKind kind : kKinds) {
      if (kind == FieldKind::map || kind == FieldKind::list) continue;
      if (is_live(node, kind)) fields.emplace_back(path, kind);
    }
  });
  return fields;
}

}  // namespace relais::document

#include "document/view/tree.h"

#include <algorithm>
#include <iterator>

#include "document/json/json.h"
#include "document/json/text.h"
#include "document/state/table.h"
#include "document/view/path_text.h"

namespace relais::document {
namespace {

FieldTree read(const ChangeTable& changes, const Node& node);

FieldTree read_child(const ChangeTable& changes, const Child& child) {
  FieldTree tree = read(changes, child.node);
  tree.step = child.is_element ? element_text(changes.global(child.element)) : child.name;
  return tree;
}

/// The node must be live.
FieldTree read(const ChangeTable& changes, const Node& node) {
  FieldTree tree;
  const FieldKind kind = shown_kind(node).value();
  tree.kind = kind;
  if (is_register(kind)) tree.value = shown_values(changes, node, kind).front()->value;
  if (kind == FieldKind::text) tree.text = visible_text(node);
  if (kind == FieldKind::counter) tree.count = saturated(counter_value(changes, node));
  if (kind == FieldKind::set && node.extras) {
    for (const SetElement& element : node.extras->set) tree.elements.push_back(element.value);
  }
  if (kind == FieldKind::map) {
    for (const Child& child : node.children) {
      if (child.is_element || !is_live(child.node)) continue;
      tree.children.push_back(read_child(changes, child));
    }
  }
  if (kind == FieldKind::list) {
    for (const ListItem& item : live_elements(changes, node)) {
      tree.children.push_back(read_child(changes, *item.child));
    }
  }
  return tree;
}

}  // namespace

Result<FieldTree> read_tree(const State& state, const Path& path) {
  const Node* node = state.table().find(path);
  if (node == nullptr || !is_live(*node)) {
    return Error(ErrorCode::not_found, "Nothing is at the path.");
  }
  FieldTree tree = read(state.table().changes, *node);
  if (path.empty()) return tree;
  const auto* name = std::get_if<std::string>(&path.back());
  tree.step = name != nullptr ? *name : element_text(std::get<Dot>(path.back()));
  return tree;
}

namespace {

/// Unites a section that a mapping conflict has put into two compartments: member by member; if
/// both have a member that isn't an object, the first is taken.
void unite_sections(FieldTree& tree) {
  std::vector<FieldTree> united;
  for (FieldTree& child : tree.children) {
    if (united.empty() || united.back().step != child.step) {
      united.push_back(std::move(child));
    } else if (united.back().kind == FieldKind::map && child.kind == FieldKind::map) {
      FieldTree& first = united.back();
      std::move(child.children.begin(), child.children.end(), std::back_inserter(first.children));
      std::stable_sort(first.children.begin(), first.children.end(),
                       [](const FieldTree& a, const FieldTree& b) { return a.step < b.step; });
      unite_sections(first);
    }
  }
  tree.children = std::move(united);
}

}  // namespace

FieldTree read_tree(const std::vector<const State*>& states) {
  FieldTree all;
  for (const State* state : states) {
    for (const Child& child : state->table().root.children) {
      if (child.is_element || !is_live(child.node)) continue;
      all.children.push_back(read_child(state->table().changes, child));
    }
  }
  const auto by_name = [](const FieldTree& a, const FieldTree& b) { return a.step < b.step; };
  std::stable_sort(all.children.begin(), all.children.end(), by_name);
  unite_sections(all);
  return all;
}

namespace {

void put(std::string& out, const FieldTree& tree);

template <class Items, class Put>
void put_items(std::string& out, const Items& items, const Put& put_item) {
  bool first = true;
  for (const auto& item : items) {
    if (!first) out.push_back(',');
    first = false;
    put_item(item);
  }
}

void put(std::string& out, const FieldTree& tree) {
  switch (tree.kind) {
    case FieldKind::value:
    case FieldKind::last_writer:
    case FieldKind::ranked: out += to_json(tree.value); return;
    case FieldKind::text: put_json_string(out, tree.text); return;
    case FieldKind::counter: out += std::to_string(tree.count); return;
    case FieldKind::set:
      out.push_back('[');
      put_items(out, tree.elements, [&](const Value& value) { out += to_json(value); });
      out.push_back(']');
      return;
    case FieldKind::list:
      out.push_back('[');
      put_items(out, tree.children, [&](const FieldTree& child) { put(out, child); });
      out.push_back(']');
      return;
    case FieldKind::map:
      out.push_back('{');
      put_items(out, tree.children, [&](const FieldTree& child) {
        put_json_key(out, child.step);
        out.push_back(':');
        put(out, child);
      });
      out.push_back('}');
  }
}

}  // namespace

std::string to_json(const FieldTree& tree) {
  std::string out;
  put(out, tree);
  return out;
}

}  // namespace relais::document

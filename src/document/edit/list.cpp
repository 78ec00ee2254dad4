// JsonPutter: replacing a list, whose elements keep their ids.
#include <set>
#include <unordered_map>

#include "base/align.h"
#include "base/try.h"
#include "document/edit/json_putter.h"
#include "document/json/canonical.h"
#include "document/view/list_view.h"

namespace relais::document {
namespace {

using simdjson::dom::element;

/// A field of this name identifies an element, if its value is a scalar that is unique in the list.
constexpr std::string_view kIdField = "id";

/// Converts elements to AlignItems: equal JSON has equal numbers.
class Numbers {
 public:
  AlignItem item(const ChangeTable& changes, const Node& node) {
    AlignItem item{{}, number(text_of(changes, node)), {}};
    if (shown_kind(node) != FieldKind::map) return item;
    for (const Child& child : node.children) {
      if (child.is_element || !is_live(child.node)) continue;
      const bool scalar = is_register(*shown_kind(child.node));
      add_field(item, child.name, scalar, text_of(changes, child.node));
    }
    return item;
  }

  AlignItem item(const element& json) {
    AlignItem item{{}, number(canonical(json)), {}};
    simdjson::dom::object object;
    if (is_attachment(json) || json.get_object().get(object) != simdjson::SUCCESS) return item;
    for (const auto& field : object) {
      add_field(item, name_of(field.key), is_scalar(field.value), canonical(field.value));
    }
    return item;
  }

 private:
  static std::string text_of(const ChangeTable& changes, const Node& node) {
    std::string text;
    put_json(text, changes, node);
    return text;
  }

  void add_field(AlignItem& item, std::string_view name, bool scalar, const std::string& json) {
    if (scalar && name == kIdField) item.id = json;
    item.traits.push_back(number(std::string(name).append(1, '\0').append(json)));
  }

  std::uint32_t number(std::string text) {
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    return numbers_.emplace(std::move(text), next).first->second;
  }

  std::unordered_map<std::string, std::uint32_t> numbers_;
};

bool has_twice(const std::vector<AlignItem>& items) {
  std::set<std::string_view> ids;
  return std::any_of(items.begin(), items.end(), [&ids](const AlignItem& item) {
    return !item.id.empty() && !ids.insert(item.id).second;
  });
}

}  // namespace

Matches JsonPutter::align(const Path& path, std::size_t front, std::size_t old_count,
                          const Items& items) const {
  const Node& list = *find(path);
  Numbers numbers;
  std::vector<AlignItem> before;
  const auto elements = live_elements(table().changes, list);
  for (std::size_t i = front; i < front + old_count; ++i) {
    before.push_back(numbers.item(table().changes, elements[i].child->node));
  }
  std::vector<AlignItem> after;
  for (const element& item : items) after.push_back(numbers.item(item));
  if (has_twice(before) || has_twice(after)) {
    for (auto* side : {&before, &after}) {
      for (AlignItem& item : *side) item.id.clear();
    }
  }
  return align_lists(before, after);
}

layout::Neighbours JsonPutter::behind(const Path& list, const std::optional<Dot>& left) const {
  const Node* node = find(list);
  if (node == nullptr || !node->extras) return {left, std::nullopt};
  const ChangeTable& changes = table().changes;
  const auto right = node->extras->list.next(left ? changes.find(*left) : std::nullopt);
  return {left, right ? std::optional(changes.global(*right)) : std::nullopt};
}

Result<Dot> JsonPutter::insert(const Path& list, const layout::Neighbours& where,
                               const element& json) {
  // An array at the last step is a set, and a long string a text; an element can't start as either.
  const bool list_below = json.is_array() && list.size() + 1 < limits::kNestingDepth;
  const bool object = json.is_object() && !is_attachment(json);
  op::Insert op{where.left, where.right, Value()};
  if (is_scalar(json)) op.content = value_of(json);
  if (object) op.content = FieldKind::map;
  if (list_below) op.content = FieldKind::list;
  RELAIS_TRY(draft_.push(list, std::move(op)));
  const Dot id = draft_.last_dot();
  if (is_scalar(json)) return id;
  Path below = list;
  below.emplace_back(id);
  if (!object && !list_below) RELAIS_TRY(draft_.push(below, op::Withdraw{{id}}));
  RELAIS_TRY(put(below, json));
  return id;
}

Status JsonPutter::insert(const Path& list, std::size_t index, const element& json) {
  const ListView elements(draft_.state_, list);
  if (index > elements.size()) {
    return Error(ErrorCode::invalid_argument,
                 "The index is beyond the end of the list, whose length is " +
                     std::to_string(elements.size()) + ".");
  }
  const auto inserted = insert(list, elements.place(index), json);
  return inserted ? Status() : Status(inserted.error());
}

Status JsonPutter::put_list(const Path& path, const Items& items) {
  const ListView list(draft_.state_, path);
  const auto below = [&path, &list](std::size_t place) {
    Path at = path;
    at.emplace_back(list.ids()[place]);
    return at;
  };
  const auto same = [&](std::size_t old_at, std::size_t new_at) {
    return reads_as(table().changes, *find(below(old_at)), items[new_at]);
  };
  const std::size_t shorter = std::min(list.size(), items.size());
  std::size_t front = 0;
  while (front < shorter && same(front, front)) ++front;
  std::size_t back = 0;
  while (back < shorter - front && same(list.size() - 1 - back, items.size() - 1 - back)) ++back;

  const Items middle(items.begin() + static_cast<std::ptrdiff_t>(front),
                     items.end() - static_cast<std::ptrdiff_t>(back));
  const std::size_t old_count = list.size() - front - back;
  const Matches matches = old_count > 0 && !middle.empty() ? align(path, front, old_count, middle)
                                                           : Matches(middle.size());
  RELAIS_TRY(erase_unmatched(path, list, front, old_count, matches));
  RELAIS_TRY(place(path, list, front, middle, matches));
  for (std::size_t i = 0; i < middle.size(); ++i) {
    if (matches[i]) RELAIS_TRY(put(below(front + *matches[i]), middle[i]));
  }
  const Node* node = find(path);
  if (node != nullptr && is_live(*node, FieldKind::list)) return {};
  return draft_.push(path, op::Make{FieldKind::list});
}

Status JsonPutter::erase_unmatched(const Path& path, const ListView& list, std::size_t front,
                                   std::size_t old_count, const Matches& matches) {
  std::vector<bool> stays(old_count);
  for (const auto& match : matches) {
    if (match) stays[*match] = true;
  }
  for (std::size_t i = 0; i < old_count; ++i) {
    if (stays[i]) continue;
    Path at = path;
    at.emplace_back(list.ids()[front + i]);
    RELAIS_TRY(draft_.push_deletion(at, std::nullopt));
  }
  return {};
}

Status JsonPutter::place(const Path& path, const ListView& list, std::size_t front,
                         const Items& middle, const Matches& matches) {
  std::vector<std::size_t> places;
  for (const auto& match : matches) {
    if (match) places.push_back(*match);
  }
  const std::vector<bool> stays = ascending(places);
  std::size_t known = 0;
  std::optional<Dot> left = list.place(front).left;
  for (std::size_t i = 0; i < middle.size(); ++i) {
    if (!matches[i]) {
      RELAIS_ASSIGN(left, insert(path, behind(path, left), middle[i]));
      continue;
    }
    const std::size_t was = front + *matches[i];
    if (!stays[known++]) {
      const layout::Neighbours where = behind(path, left);
      RELAIS_TRY(draft_.push(path, op::Move{list.ids()[was], where.left, where.right}));
      left = draft_.last_dot();
    } else if (const auto unit = list.unit(was)) {
      left = unit;
    }
  }
  return {};
}

}  // namespace relais::document

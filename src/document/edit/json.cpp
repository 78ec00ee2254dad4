#include <algorithm>
#include <limits>

#include "base/try.h"
#include "document/codec/value_code.h"
#include "document/edit/json_putter.h"
#include "document/json/canonical.h"
#include "document/json/limits.h"
#include "document/view/list_view.h"

namespace relais::document {

using simdjson::dom::element;
using simdjson::dom::element_type;

bool reads_as(const ChangeTable& changes, const Node& node, const element& json) {
  for (const FieldKind kind : kKinds) {
    if (kind != shown_kind(node) && is_live(node, kind)) return false;
  }
  switch (shown_kind(node).value_or(FieldKind::counter)) {
    case FieldKind::value:
    case FieldKind::last_writer:
    case FieldKind::ranked: {
      const auto& versions = node.versions(*shown_kind(node));
      return is_scalar(json) && versions.size() == 1 &&
             compare(versions[0].value, value_of(json)) == 0;
    }
    case FieldKind::map: {
      simdjson::dom::object object;
      if (json.get_object().get(object) != simdjson::SUCCESS || is_attachment(json)) return false;
      std::size_t live = 0;
      for (const Child& child : node.children) live += is_live(child.node);
      if (live != object.size()) return false;
      return std::all_of(object.begin(), object.end(), [&](const auto& field) {
        const Child* child = node.find(name_of(field.key));
        return child != nullptr && reads_as(changes, child->node, field.value);
      });
    }
    case FieldKind::list: {
      simdjson::dom::array array;
      if (json.get_array().get(array) != simdjson::SUCCESS) return false;
      const auto elements = live_elements(changes, node);
      std::size_t at = 0;
      for (const element item : array) {
        if (at == elements.size()) return false;
        if (!reads_as(changes, elements[at++].child->node, item)) return false;
      }
      return at == elements.size();
    }
    case FieldKind::text: {
      std::string_view text;
      return json.get_string().get(text) == simdjson::SUCCESS && visible_text(node) == text;
    }
    case FieldKind::counter: {
      std::string read;
      put_json(read, changes, node);
      return (json.is_int64() || json.is_double()) && canonical(json) == read;
    }
    case FieldKind::set: return false;
  }
  return false;
}

Status JsonPutter::parse(const Path& path, std::size_t depth, std::string_view json,
                         element& root) {
  const std::string base = to_text(path, draft_.state_);
  if (json.size() > limits::kDocumentJsonBytes) {
    return Error(
        ErrorCode::limit_exceeded,
        "The JSON is longer than " + std::to_string(limits::kDocumentJsonBytes) + " bytes.");
  }
  if (parse_json(parser_, json, root) != simdjson::SUCCESS) return json_fault(json, base);
  JsonTrail trail(base, depth);
  RELAIS_TRY(check_json(root, trail));
  if (!trail.saw_zero) return {};
  auto small = too_small_number(json, base);
  return small ? Status(*std::move(small)) : Status();
}

Status JsonPutter::put(const Path& path, const element& json) {
  const Node* node = find(path);
  if (node != nullptr && reads_as(table().changes, *node, json)) return {};
  if (is_long(json)) return put_text(path, json.get_string().value_unsafe());
  if (is_scalar(json)) return put_scalar(path, json);
  if (json.type() == element_type::OBJECT) return put_object(path, json);
  return put_array(path, json);
}

Status JsonPutter::put_text(const Path& path, std::string_view text) {
  RELAIS_TRY(draft_.clear_for(path, FieldKind::text));
  return draft_.update_text(path, text);
}

Status JsonPutter::put_scalar(const Path& path, const element& json) {
  std::string_view text;
  const bool string = json.get_string().get(text) == simdjson::SUCCESS;
  if (string && (lives_alone(path, FieldKind::text) || is_new_text(path))) {
    return draft_.update_text(path, text);
  }
  std::int64_t number = 0;
  Status done =
      json.get_int64().get(number) == simdjson::SUCCESS && lives_alone(path, FieldKind::counter)
          ? put_number_on_counter(path, number)
          : draft_.set(path, value_of(json));
  return done ? done : Status(at(path, std::move(done).error()));
}

Status JsonPutter::put_number_on_counter(const Path& path, std::int64_t number) {
  const Wide delta = Wide{number} - counter_value(table().changes, *find(path));
  if (delta == static_cast<std::int64_t>(delta)) {
    return draft_.count(path, static_cast<std::int64_t>(delta));
  }
  return Error(ErrorCode::limit_exceeded, "The counter would exceed 64 bits.");
}

bool JsonPutter::is_new_text(const Path& path) const {
  const Node* node = find(path);
  if (text_.empty() || (node != nullptr && is_live(*node))) return false;
  const auto is_element = [&](std::size_t i) { return std::holds_alternative<Dot>(path[i]); };
  const auto name = [&](std::size_t i) -> const std::string& {
    return std::get<std::string>(path[i]);
  };
  return text_.matches(draft_.change_.address.collection, path.size(), is_element, name);
}

Status JsonPutter::put_object(const Path& path, const element& json) {
  RELAIS_TRY(draft_.clear_for(path, FieldKind::map));
  RELAIS_TRY(draft_.start_anew(path, FieldKind::map));
  const auto object = json.get_object().value_unsafe();
  if (object.begin() == object.end()) {
    const Node* node = find(path);
    const bool is_there = node != nullptr && is_live(*node, FieldKind::map);
    return is_there ? Status() : draft_.push(path, op::Make{FieldKind::map});
  }
  for (const auto& field : object) {
    Path below = path;
    below.emplace_back(std::string(name_of(field.key)));
    RELAIS_TRY(put(below, field.value));
  }
  return {};
}

Status JsonPutter::put_array(const Path& path, const element& json) {
  Items items;
  const simdjson::dom::array array = json.get_array().value_unsafe();
  for (const element item : array) items.push_back(item);
  const bool set = path.size() == limits::kNestingDepth || lives_alone(path, FieldKind::set);
  if (set && std::all_of(items.begin(), items.end(), is_scalar)) {
    RELAIS_TRY(draft_.clear_for(path, FieldKind::set));
    return put_set(path, items);
  }
  RELAIS_TRY(draft_.clear_for(path, FieldKind::list));
  return put_list(path, items);
}

Status JsonPutter::put_set(const Path& path, const Items& items) {
  const auto less = [](const Value& a, const Value& b) { return compare(a, b) < 0; };
  std::vector<Value> wanted;
  for (const element& item : items) wanted.push_back(value_of(item));
  std::sort(wanted.begin(), wanted.end(), less);
  std::vector<Value> known;
  if (const Node* node = find(path); node != nullptr && node->extras) {
    for (const SetElement& element : node->extras->set) known.push_back(element.value);
  }
  const auto has = [&less](const std::vector<Value>& sorted, const Value& value) {
    return std::binary_search(sorted.begin(), sorted.end(), value, less);
  };
  for (const Value& value : known) {
    if (!has(wanted, value)) RELAIS_TRY(draft_.push(path, op::Remove{value}));
  }
  const Value* last = nullptr;
  for (const Value& value : wanted) {
    const bool again = last != nullptr && compare(*last, value) == 0;
    if (!again && !has(known, value)) RELAIS_TRY(draft_.push(path, op::Add{value}));
    last = &value;
  }
  const Node* node = find(path);
  if (node != nullptr && is_live(*node, FieldKind::set)) return {};
  return draft_.push(path, op::Make{FieldKind::set});
}

Status Draft::put_json(const Path& path, std::string_view json, const TextRules& text) {
  JsonPutter putter(*this, text);
  element root;
  RELAIS_TRY(putter.parse(path, path.size(), json, root));
  return putter.put(path, root);
}

Status Draft::insert_json(const Path& list, std::size_t index, std::string_view json) {
  RELAIS_TRY(check_kind(list, FieldKind::list, "list"));
  JsonPutter putter(*this, {});
  element root;
  RELAIS_TRY(putter.parse(list, list.size() + 1, json, root));
  return putter.insert(list, index, root);
}

Status Draft::append_json(const Path& path, std::string_view json) {
  JsonPutter putter(*this, {});
  element root;
  RELAIS_TRY(putter.parse(path, path.size() + 1, json, root));
  const Node* node = state_.table().find(path);
  // If the path has no field, the JSON starts a list.
  const FieldKind kind =
      node != nullptr ? shown_kind(*node).value_or(FieldKind::list) : FieldKind::list;
  if (kind == FieldKind::set) {
    if (is_scalar(root)) return add(path, value_of(root));
    return Error(ErrorCode::wrong_kind,
                 "A set can hold only strings, numbers, true, false and null.");
  }
  if (kind == FieldKind::counter) {
    if (root.type() == element_type::INT64) return count(path, root.get_int64().value_unsafe());
    return Error(ErrorCode::wrong_kind, "Only a whole number can be added to a counter.");
  }
  if (kind != FieldKind::list) {
    return Error(ErrorCode::wrong_kind, "The field is not a list, a set or a counter.");
  }
  return putter.insert(path, ListView(state_, path).size(), root);
}

}  // namespace relais::document

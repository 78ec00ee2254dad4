#include <algorithm>
#include <limits>

#include "base/try.h"
#include "document/draft.h"
#include "document/json_dom.h"
#include "document/list_view.h"

namespace relais::document {

using simdjson::dom::element;
using simdjson::dom::element_type;

namespace {

bool is_scalar(const element& json) {
  if (json.type() == element_type::OBJECT) return is_attachment(json);
  return json.type() != element_type::ARRAY;
}

Value value_of(const element& json) {
  if (json.type() == element_type::OBJECT) return attachment_of(json);
  const ValueView view = scalar_of(json);
  switch (view.type) {
    case Value::Type::boolean: return view.boolean;
    case Value::Type::integer: return view.integer;
    case Value::Type::number: return view.number;
    case Value::Type::text: return view.text;
    case Value::Type::null:
    case Value::Type::attachment: break;
  }
  return nullptr;
}

/// Whether a node reads as the JSON, without a conflict.
bool reads_as(const ChangeTable& changes, const Node& node, const element& json) {
  for (const Kind kind : kKinds) {
    if (kind != shown_kind(node) && is_live(node, kind)) return false;
  }
  switch (shown_kind(node).value_or(Kind::counter)) {
    case Kind::value:
    case Kind::last_writer:
    case Kind::ranked: {
      const auto& versions = node.versions(*shown_kind(node));
      return is_scalar(json) && versions.size() == 1 &&
             compare(versions[0].value, value_of(json)) == 0;
    }
    case Kind::map: {
      simdjson::dom::object object;
      if (json.get_object().get(object) != simdjson::SUCCESS) return false;
      std::size_t live = 0;
      for (const Child& child : node.children) live += is_live(child.node);
      if (live != object.size()) return false;
      return std::all_of(object.begin(), object.end(), [&](const auto& field) {
        const Child* child = node.find(field.key);
        return child != nullptr && reads_as(changes, child->node, field.value);
      });
    }
    case Kind::list: {
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
    case Kind::text: {
      std::string_view text;
      return json.get_string().get(text) == simdjson::SUCCESS && visible_text(node) == text;
    }
    default: return false;
  }
}

}  // namespace

/// Turns parsed JSON into edits of a draft.
class JsonPutter {
 public:
  JsonPutter(Draft& draft, const TextRules& text) : draft_(draft), text_(text) {}

  Status parse(const Path& path, std::string_view json, element& root) {
    const std::string base = to_text(path, draft_.state_);
    if (json.size() > limits::kJsonLineBytes) {
      return Error(ErrorCode::limit_exceeded,
                   "the JSON is longer than " + std::to_string(limits::kJsonLineBytes) + " bytes");
    }
    if (parse_json(parser_, json, root) != simdjson::SUCCESS) return json_fault(json, base);
    JsonTrail trail(base, path.size());
    return check_json(root, trail);
  }

  Status put(const Path& path, const element& json) {
    const Node* node = find(path);
    if (node != nullptr && reads_as(table().changes, *node, json)) return {};
    if (is_scalar(json)) return put_scalar(path, json);
    if (json.type() == element_type::OBJECT) return put_object(path, json);
    return put_array(path, json);
  }

  Status insert(const Path& list, std::size_t index, const element& json) {
    const ListView elements(draft_.state_, list);
    if (index > elements.size()) {
      return Error(ErrorCode::invalid_argument,
                   "the list has only " + std::to_string(elements.size()) + " elements");
    }
    return insert(list, elements.place(index), json);
  }

 private:
  const State::Table& table() const { return draft_.state_.table(); }
  const Node* find(const Path& path) const { return table().find(path); }
  bool lives_alone(const Path& path, Kind kind) const {
    const Node* node = find(path);
    if (node == nullptr) return false;
    return std::all_of(std::begin(kKinds), std::end(kKinds),
                       [&](Kind other) { return is_live(*node, other) == (other == kind); });
  }

  Status insert(const Path& list, const layout::Neighbours& where, const element& json) {
    if (is_scalar(json))
      return draft_.push(list, op::Insert{where.left, where.right, value_of(json)});
    const Kind kind = json.type() == element_type::OBJECT ? Kind::map : Kind::list;
    RELAIS_TRY(draft_.clear_above(list));  // before the element's id is known
    Path below = list;
    below.emplace_back(next_id());
    RELAIS_TRY(draft_.push(list, op::Insert{where.left, where.right, kind}));
    return put(below, json);
  }

  /// Of the op that comes next.
  Dot next_id() const { return {draft_.self_.author, draft_.self_.seq, draft_.index_}; }

  Status put_scalar(const Path& path, const element& json) {
    std::string_view text;
    const bool string = json.get_string().get(text) == simdjson::SUCCESS;
    if (string && (lives_alone(path, Kind::text) || is_new_text(path))) {
      return draft_.update_text(path, text);
    }
    std::int64_t number = 0;
    if (json.type() == element_type::INT64 && lives_alone(path, Kind::counter)) {
      number = json.get_int64().value_unsafe();
      const Wide delta = Wide{number} - counter_value(table().changes, *find(path));
      if (delta == static_cast<std::int64_t>(delta)) {
        return delta == 0 ? Status() : draft_.count(path, static_cast<std::int64_t>(delta));
      }
      return Error(ErrorCode::limit_exceeded, "the counter would leave the range of 64 bits");
    }
    return draft_.set(path, value_of(json));
  }

  bool is_new_text(const Path& path) const {
    const Node* node = find(path);
    if (text_.empty() || (node != nullptr && is_live(*node))) return false;
    const auto is_element = [&](std::size_t i) { return std::holds_alternative<Dot>(path[i]); };
    const auto name = [&](std::size_t i) -> const std::string& {
      return std::get<std::string>(path[i]);
    };
    return text_.matches(draft_.change_.address.collection, path.size(), is_element, name);
  }

  Status put_object(const Path& path, const element& json) {
    RELAIS_TRY(draft_.clear_for(path, Kind::map));
    RELAIS_TRY(draft_.start_anew(path, Kind::map));
    const auto object = json.get_object().value_unsafe();
    if (object.begin() == object.end()) {
      const Node* node = find(path);
      const bool is_there = node != nullptr && is_live(*node, Kind::map);
      return is_there ? Status() : draft_.push(path, op::Make{Kind::map});
    }
    for (const auto& field : object) {
      Path below = path;
      below.emplace_back(std::string(field.key));
      RELAIS_TRY(put(below, field.value));
    }
    return {};
  }

  Status put_array(const Path& path, const element& json) {
    std::vector<element> items;
    const simdjson::dom::array array = json.get_array().value_unsafe();
    for (const element item : array) items.push_back(item);
    if (lives_alone(path, Kind::set) && std::all_of(items.begin(), items.end(), is_scalar)) {
      return put_set(path, items);
    }
    RELAIS_TRY(draft_.clear_for(path, Kind::list));
    return put_list(path, items);
  }

  Status put_set(const Path& path, const std::vector<element>& items) {
    const std::vector<SetElement> before = find(path)->extras->set;
    const auto wanted = [&items](const SetElement& known) {
      return std::any_of(items.begin(), items.end(), [&known](const element& item) {
        return compare(known.value, value_of(item)) == 0;
      });
    };
    for (const SetElement& known : before) {
      if (!wanted(known)) RELAIS_TRY(draft_.remove(path, known.value));
    }
    for (const element& item : items) {
      const Value value = value_of(item);
      const bool is_there = std::any_of(before.begin(), before.end(), [&value](const auto& known) {
        return compare(known.value, value) == 0;
      });
      if (!is_there) RELAIS_TRY(draft_.add(path, value));
    }
    return {};
  }

  /// Leaves alone what the lists share at both ends.
  Status put_list(const Path& path, const std::vector<element>& items) {
    const ListView list(draft_.state_, path);
    const std::vector<Dot>& before = list.ids();
    const auto same = [&](std::size_t old_at, std::size_t new_at) {
      Path at = path;
      at.emplace_back(before[old_at]);
      return reads_as(table().changes, *find(at), items[new_at]);
    };
    const std::size_t shorter = std::min(before.size(), items.size());
    std::size_t front = 0;
    while (front < shorter && same(front, front)) ++front;
    std::size_t back = 0;
    while (back < shorter - front && same(before.size() - 1 - back, items.size() - 1 - back))
      ++back;
    RELAIS_TRY(draft_.clear_above(path));
    layout::Neighbours where = list.place(front);
    for (std::size_t i = front; i < before.size() - back; ++i) {
      Path at = path;
      at.emplace_back(before[i]);
      RELAIS_TRY(draft_.erase(at));
    }
    for (std::size_t i = front; i < items.size() - back; ++i) {
      const Dot id = next_id();
      RELAIS_TRY(insert(path, where, items[i]));
      where.left = id;
    }
    const Node* node = find(path);
    if (node != nullptr && is_live(*node, Kind::list)) return {};
    return draft_.push(path, op::Make{Kind::list});
  }

  Draft& draft_;
  TextMatcher text_;
  simdjson::dom::parser parser_;
};

Status Draft::put_json(const Path& path, std::string_view json, const TextRules& text) {
  JsonPutter putter(*this, text);
  element root;
  RELAIS_TRY(putter.parse(path, json, root));
  return putter.put(path, root);
}

Status Draft::insert_json(const Path& list, std::size_t index, std::string_view json) {
  RELAIS_TRY(check_kind(list, Kind::list, "list"));
  JsonPutter putter(*this, {});
  element root;
  RELAIS_TRY(putter.parse(list, json, root));
  return putter.insert(list, index, root);
}

Status Draft::append_json(const Path& path, std::string_view json) {
  JsonPutter putter(*this, {});
  element root;
  RELAIS_TRY(putter.parse(path, json, root));
  const Node* node = state_.table().find(path);
  // Where nothing is, a list begins.
  const Kind kind = node != nullptr ? shown_kind(*node).value_or(Kind::list) : Kind::list;
  if (kind == Kind::set) {
    if (is_scalar(root)) return add(path, value_of(root));
    return Error(ErrorCode::wrong_kind, "a set holds only strings, numbers, true, false and null");
  }
  if (kind == Kind::counter) {
    if (root.type() == element_type::INT64) return count(path, root.get_int64().value_unsafe());
    return Error(ErrorCode::wrong_kind, "only a whole number can be added to a counter");
  }
  if (kind != Kind::list) {
    return Error(ErrorCode::wrong_kind, "the field is not a list, a set or a counter");
  }
  return putter.insert(path, ListView(state_, path).size(), root);
}

}  // namespace relais::document

#include "document/json/canonical.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "document/json/json.h"
#include "document/json/text.h"

namespace relais::document {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

void put_object(std::string& out, const simdjson::dom::object& object) {
  std::vector<std::pair<std::string_view, element>> fields;
  for (const auto& field : object) fields.emplace_back(name_of(field.key), field.value);
  std::sort(fields.begin(), fields.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  out.push_back('{');
  bool first = true;
  for (const auto& [name, value] : fields) {
    if (!std::exchange(first, false)) out.push_back(',');
    put_json_key(out, name);
    out.push_back(':');
    put_json(out, value);
  }
  out.push_back('}');
}

void put_array(std::string& out, const simdjson::dom::array& array) {
  out.push_back('[');
  bool first = true;
  for (const element item : array) {
    if (!std::exchange(first, false)) out.push_back(',');
    put_json(out, item);
  }
  out.push_back(']');
}

}  // namespace

void put_json(std::string& out, const element& json) {
  switch (json.type()) {
    case element_type::OBJECT:
      if (!is_attachment(json)) return put_object(out, json.get_object().value_unsafe());
      out += to_json(Value(attachment_of(json)));
      return;
    case element_type::ARRAY: return put_array(out, json.get_array().value_unsafe());
    case element_type::STRING: return put_json_string(out, json.get_string().value_unsafe());
    case element_type::DOUBLE: return put_json_number(out, json.get_double().value_unsafe());
    case element_type::INT64: out += std::to_string(json.get_int64().value_unsafe()); return;
    case element_type::BOOL: out += json.get_bool().value_unsafe() ? "true" : "false"; return;
    default: out += "null";
  }
}

}  // namespace relais::document

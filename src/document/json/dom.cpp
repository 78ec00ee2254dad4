#include "document/json/dom.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "document/json/json.h"
#include "document/json/text_rules.h"

namespace relais::document {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t kShownPathBytes = 300;
constexpr std::size_t kParserDepth =
    64;  // deeper than any document, so that check_json reports the path

bool has_attachment_key(const simdjson::dom::object& object) {
  for (const auto& field : object) {
    if (field.key == kAttachmentKey) return true;
  }
  return false;
}

/// Compares pairwise if there are few keys, else sorts them.
bool has_twice(const simdjson::dom::object& object) {
  std::string_view few[16];
  std::vector<std::string_view> many;
  std::size_t count = 0;
  for (const auto& field : object) {
    if (count < 16) {
      if (std::find(few, few + count, field.key) != few + count) return true;
      few[count] = field.key;
    } else {
      if (many.empty()) many.assign(few, few + 16);
      many.push_back(field.key);
    }
    ++count;
  }
  std::sort(many.begin(), many.end());
  return std::adjacent_find(many.begin(), many.end()) != many.end();
}

/// Nothing unless the object has exactly an attachment's keys with valid values.
std::optional<Attachment> read_attachment(const simdjson::dom::object& object) {
  Attachment attachment;
  std::string_view hash;
  std::string_view media_type;
  if (object.size() != 3 || object[kAttachmentKey].get(hash) != simdjson::SUCCESS ||
      object["media_type"].get(media_type) != simdjson::SUCCESS ||
      object["size"].get(attachment.size) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const auto bytes = from_hex(hash);
  if (!bytes || bytes->size() != attachment.hash.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), attachment.hash.begin());
  attachment.media_type = media_type;
  return is_valid(Value(attachment)) ? std::optional(attachment) : std::nullopt;
}

Status check_attachment(const simdjson::dom::object& object, JsonTrail& trail) {
  if (trail.depth() > 0 && read_attachment(object)) return {};
  return trail.fault(
      ErrorCode::bad_input,
      "An attachment must have \"$attachment\" (64 hexadecimal digits), \"media_type\" and "
      "\"size\", and nothing else.");
}

Status check_object(const simdjson::dom::object& object, JsonTrail& trail) {
  if (has_twice(object))
    return trail.fault(ErrorCode::bad_input, "A key occurs twice in the object.");
  if (has_attachment_key(object)) return check_attachment(object, trail);
  for (const auto& field : object) {
    if (name_of(field.key).size() > limits::kPathStepBytes) {
      return trail.fault(
          ErrorCode::limit_exceeded,
          "A key is longer than " + std::to_string(limits::kPathStepBytes) + " bytes.");
    }
    trail.push(field.key);
    RELAIS_TRY(check_json(field.value, trail));
    trail.pop();
  }
  return {};
}

Error out_of_range(const JsonTrail& trail) {
  return trail.fault(ErrorCode::bad_input, "The number is out of range: integers have 64 bits.");
}

Error too_deep(const JsonTrail& trail) {
  return trail.fault(ErrorCode::bad_input, "The document is nested deeper than " +
                                               std::to_string(limits::kNestingDepth) + " levels.");
}

bool is_zero(const element& json) {
  return json.type() == element_type::DOUBLE && json.get_double().value_unsafe() == 0;
}

/// A list can't be at the last step: its elements would be one step deeper. A set can: an array of
/// sorted scalars without duplicates.
bool is_set(const simdjson::dom::array& array) {
  std::optional<Value> last;
  for (const element item : array) {
    if (!is_scalar(item)) return false;
    Value value = value_of(item);
    if (last && compare(*last, value) >= 0) return false;
    last = std::move(value);
  }
  return true;
}

Status check_array(const simdjson::dom::array& array, JsonTrail& trail) {
  std::size_t index = 0;
  if (trail.depth() == limits::kNestingDepth) {
    for (const element item : array) {
      trail.push(index++);
      if (is_attachment(item))
        RELAIS_TRY(check_attachment(item.get_object().value_unsafe(), trail));
      if (item.type() == element_type::UINT64) return out_of_range(trail);
      trail.saw_zero = trail.saw_zero || is_zero(item);
      trail.pop();
    }
    return is_set(array) ? Status() : too_deep(trail);
  }
  for (const element item : array) {
    trail.push(index++);
    RELAIS_TRY(check_json(item, trail));
    trail.pop();
  }
  return {};
}

}  // namespace

std::string JsonTrail::text() const {
  std::string out = base_;
  for (const Step& step : steps_) {
    if (!out.empty()) out += '/';
    out += step.is_index ? std::to_string(step.index) : escape_step(step.name);
    if (out.size() > kShownPathBytes) break;
  }
  out = printable(out);
  if (out.size() > kShownPathBytes) {
    std::size_t end = kShownPathBytes;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
    out.resize(end);
    out += "…";
  }
  return out;
}

Error JsonTrail::fault(ErrorCode code, std::string_view what) const {
  const std::string path = text();
  return path.empty() ? Error(code, std::string(what))
                      : Error(code, std::string(what)).within(path);
}

Status check_json(const element& root, JsonTrail& trail) {
  if (trail.depth() > limits::kNestingDepth) return too_deep(trail);
  switch (root.type()) {
    case element_type::OBJECT: return check_object(root.get_object().value_unsafe(), trail);
    case element_type::ARRAY: return check_array(root.get_array().value_unsafe(), trail);
    case element_type::UINT64: return out_of_range(trail);
    case element_type::DOUBLE: trail.saw_zero = trail.saw_zero || is_zero(root); return {};
    default: return {};
  }
}

bool is_attachment(const element& json) {
  return json.is_object() && has_attachment_key(json.get_object().value_unsafe());
}

Attachment attachment_of(const element& json) {
  return read_attachment(json.get_object().value_unsafe()).value();
}

ValueView scalar_of(const element& element) {
  ValueView view;
  switch (element.type()) {
    case element_type::STRING: return ValueView::of(element.get_string().value_unsafe());
    case element_type::INT64:
      view.type = Value::Type::integer;
      view.integer = element.get_int64().value_unsafe();
      return view;
    case element_type::DOUBLE:
      view.type = Value::Type::number;
      view.number = element.get_double().value_unsafe();
      return view;
    case element_type::BOOL:
      view.type = Value::Type::boolean;
      view.boolean = element.get_bool().value_unsafe();
      return view;
    default: return view;
  }
}

bool is_scalar(const element& json) {
  if (json.type() == element_type::OBJECT) return is_attachment(json);
  return json.type() != element_type::ARRAY && !is_long(json);
}

bool is_long(const element& json) {
  std::string_view text;
  return json.get_string().get(text) == simdjson::SUCCESS && text.size() > limits::kStringBytes;
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

simdjson::error_code parse_json(simdjson::dom::parser& parser, std::string_view json,
                                simdjson::dom::element& root) {
  if (json.size() > parser.capacity() || parser.max_depth() != kParserDepth) {
    // Up to twice the size, so that somewhat longer texts need no reallocation; at most kSpare
    // more.
    constexpr std::size_t kSpare = std::size_t{1} << 20;
    const std::size_t capacity =
        std::max<std::size_t>(4096, json.size() + std::min(json.size(), kSpare));
    if (const auto error = parser.allocate(capacity, kParserDepth)) return error;
  }
  return parser.parse(json.data(), json.size()).get(root);
}

}  // namespace relais::document

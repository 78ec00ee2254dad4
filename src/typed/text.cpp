#include "typed/text.h"

#include <utf8.h>

#include <charconv>

namespace relais::typed {
namespace {

void put_string(std::string& json, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  json.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      json.append("\\u00").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    } else {
      if (c == '"' || c == '\\') json.push_back('\\');
      json.push_back(c);
    }
  }
  json.push_back('"');
}

/// With a '.' or an 'e': otherwise it would be read as an integer.
void put_number(std::string& json, double number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const std::string_view text(digits, static_cast<std::size_t>(end - digits));
  json.append(text);
  if (text.find_first_of(".e") == std::string_view::npos) json.append(".0");
}

void put_attachment(std::string& json, const Attachment& attachment) {
  constexpr char kDigits[] = "0123456789abcdef";
  json.append("{\"$attachment\":\"");
  for (const std::uint8_t byte : attachment.hash) {
    json.append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
  }
  json.append("\",\"media_type\":");
  put_string(json, attachment.media_type);
  json.append(",\"size\":").append(std::to_string(attachment.size)).append("}");
}

/// Escapes a name as a step of a path: docs/spec/document.md, "Model".
void put_step(std::string& path, std::string_view name) {
  for (const char c : name) {
    if (c == '~') {
      path.append("~0");
    } else if (c == '/') {
      path.append("~1");
    } else {
      path.push_back(c);
    }
  }
}

}  // namespace

bool is_utf8(std::string_view text) { return utf8::is_valid(text.begin(), text.end()); }

std::string to_json(const Value& value) {
  std::string json;
  if (const bool* truth = value.boolean()) {
    json = *truth ? "true" : "false";
  } else if (const std::int64_t* integer = value.integer()) {
    json = std::to_string(*integer);
  } else if (const double* number = value.number()) {
    put_number(json, *number);
  } else if (const std::string* text = value.text()) {
    put_string(json, *text);
  } else if (const auto attachment = value.attachment()) {
    put_attachment(json, *attachment);
  } else {
    json = "null";
  }
  return json;
}

Where Where::below(std::string_view name) const {
  Where below = key(name);
  below.shown = shown.empty() ? std::string() : shown + "/";
  put_step(below.shown, name);
  return below;
}

Where Where::below(const std::vector<std::string>& names) const {
  Where where = *this;
  for (const std::string& name : names) where = where.below(name);
  return where;
}

Where Where::key(std::string_view name) const {
  Where below{steps == 0 ? std::string() : path + "/", shown + "/*", steps + 1};
  put_step(below.path, name);
  return below;
}

Where Where::element(std::string_view step, std::size_t index) const {
  return {path + "/" + std::string(step), shown + "/" + std::to_string(index), steps + 1};
}

}  // namespace relais::typed

#pragma once

#include <string>
#include <string_view>

namespace relais::document {

/// A JSON string with only '"', '\\' and control characters escaped.
void put_json_string(std::string& out, std::string_view text);
/// A field's name as a key: document/json/key.h.
void put_json_key(std::string& out, std::string_view name);
/// The shortest decimal that reads back exactly, with a '.' or an 'e'.
void put_json_number(std::string& out, double number);

}  // namespace relais::document

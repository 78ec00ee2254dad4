#pragma once

#include <string>
#include <string_view>

namespace relais::document {

/// A JSON string with only '"', '\\' and control characters escaped.
void put_json_string(std::string& out, std::string_view text);

}  // namespace relais::document

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

/// "1 document", "2 documents".
inline std::string counted(std::uint64_t number, std::string_view thing) {
  std::string text = std::to_string(number) + ' ' + std::string(thing);
  return number == 1 ? text : text + 's';
}

}  // namespace cli

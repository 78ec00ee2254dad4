#pragma once

#include <string>

namespace cli {

/// The name of a field as a step of a path: ~1 for '/', ~0 for '~'.
inline std::string step_of(const std::string& name) {
  std::string step;
  for (const char c : name) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

}  // namespace cli

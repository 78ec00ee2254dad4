#include "model/scripts.h"

#include <algorithm>

#include "model/text.h"

namespace relais::model {

std::vector<std::string> shown(const State& state) {
  std::vector<std::string> out;
  for (const Item& item : state.items) {
    if (!is_shown_content(item) || item.kind == Kind::count) continue;
    Path path = item.path;
    if (item.kind == Kind::insert) path.pop_back();
    std::string text = text_of(path).substr(1);
    if (item.kind == Kind::insert) text += "/";
    out.push_back(text + "=" + (item.kind == Kind::make ? "{}" : item.text));
  }
  for (const auto& [path, value] : state.counters) {
    out.push_back(text_of(path).substr(1) + "=" + std::to_string(value));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace relais::model

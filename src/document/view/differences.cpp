#include "document/view/differences.h"

#include <map>

#include "document/json/json.h"
#include "document/view/path_text.h"
#include "document/view/read.h"

namespace relais::document {
namespace {

/// The JSON at each path with a value, text, counter or set.
std::map<Path, std::string> shown(const State& state) {
  std::map<Path, std::string> fields;
  for (const auto& [path, kind] : live_fields(state)) {
    if (!fields.contains(path)) fields.emplace(path, to_json(state, path));
  }
  return fields;
}

}  // namespace

std::vector<FieldDifference> differences(const State& before, const State& after) {
  std::map<Path, FieldDifference> found;
  for (auto& [path, json] : shown(before)) found[path].before = json;
  for (auto& [path, json] : shown(after)) found[path].after = json;
  PathTexts texts(after);
  std::vector<FieldDifference> differences;
  for (auto& [path, difference] : found) {
    if (difference.before == difference.after) continue;
    difference.path = texts.text(path);
    differences.push_back(std::move(difference));
  }
  return differences;
}

}  // namespace relais::document

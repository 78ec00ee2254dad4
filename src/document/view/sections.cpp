#include "document/view/sections.h"

#include <set>

#include "document/json/dom.h"
#include "document/json/key.h"
#include "document/view/read.h"

namespace relais::document {

Result<std::vector<std::pair<std::string, std::string>>> split_sections(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parse_json(parser, json, root) != simdjson::SUCCESS) return json_fault(json, "");
  // The JSON is written again below, where such a number would be 0.0.
  if (auto small = too_small_number(json, "")) return *std::move(small);
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return Error(ErrorCode::bad_input, "A document must be a JSON object.");
  }
  std::vector<std::pair<std::string, std::string>> sections;
  std::set<std::string_view> names;
  for (const auto member : object) {
    if (!names.insert(member.key).second) {
      return Error(ErrorCode::bad_input, "A name occurs twice in the document.");
    }
    sections.emplace_back(std::string(name_of(member.key)), simdjson::minify(member.value));
  }
  return sections;
}

std::string section_of(std::string_view path) {
  std::string section;
  for (std::size_t i = 0; i < path.size() && path[i] != '/'; ++i) {
    const bool escaped = path[i] == '~' && i + 1 < path.size();
    section.push_back(escaped ? (path[++i] == '1' ? '/' : '~') : path[i]);
  }
  return section;
}

std::vector<std::string> section_names(const State& state) {
  const auto root = read_field(state, {});
  return root ? root->names : std::vector<std::string>{};
}

}  // namespace relais::document

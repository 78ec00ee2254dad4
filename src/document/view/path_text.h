#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "document/state/state.h"
#include "document/types.h"

namespace relais::document {

struct Node;

/// The text form of a list element's or a character's id, in paths and cursors: '@' and the dot.
std::string element_text(const Dot& dot);
std::optional<Dot> parse_element(std::string_view text);

/// Formats many paths of one state, with elements by index; reads each list once. The state must
/// not change meanwhile.
class PathTexts {
 public:
  explicit PathTexts(const State& state) : state_(state) {}

  const State& state() const { return state_; }
  std::string text(const Path& path);

 private:
  using Places = std::unordered_map<std::uint64_t, std::size_t>;

  std::string element(const Node* list, const Dot& dot);
  const Places& places(const Node& list);

  const State& state_;
  std::map<const Node*, Places> lists_;
};

}  // namespace relais::document

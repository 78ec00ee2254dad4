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

/// A list element's id, or a text's character, as paths and cursors have it: '@' and the dot.
std::string element_text(const Dot& dot);
std::optional<Dot> parse_element(std::string_view text);

/// Many paths of one state as text, elements by index: reads each list once, however many paths
/// lead through it. The state must stay as it is as long as this lives.
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

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relais::document {

/// Patterns of an imported document's strings that become texts; other strings become registers. A
/// pattern is `[COLLECTION:]PATH`, where '*' in the path matches any list element; without a
/// collection it applies to all.
struct TextRules {
  std::vector<std::string> patterns;
};

/// The parsed rules. A path is given as its names, list elements as `kAnyElement`.
class TextMatcher {
 public:
  static constexpr std::string_view kAnyElement{};

  explicit TextMatcher(const TextRules& rules);
  bool empty() const { return patterns_.empty(); }
  /// `is_element(i)` and `name(i)` describe step i of `depth`.
  template <class IsElement, class Name>
  bool matches(std::string_view collection, std::size_t depth, const IsElement& is_element,
               const Name& name) const {
    for (const Pattern& pattern : patterns_) {
      if (pattern.steps.size() != depth) continue;
      if (pattern.collection && *pattern.collection != collection) continue;
      std::size_t at = 0;
      while (at < depth && (is_element(at) ? !pattern.steps[at] : pattern.steps[at] == name(at))) {
        ++at;
      }
      if (at == depth) return true;
    }
    return false;
  }

 private:
  struct Pattern {
    std::optional<std::string> collection;
    std::vector<std::optional<std::string>> steps;  ///< nullopt: any element
  };
  std::vector<Pattern> patterns_;
};

/// Splits at '/', with '~1' for '/' and '~0' for '~' in a step; nothing if another '~' occurs.
std::optional<std::vector<std::string>> split_path(std::string_view text);
/// The inverse of split_path, for one step.
std::string escape_step(std::string_view name);

}  // namespace relais::document

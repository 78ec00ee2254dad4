#include "document/json/text_rules.h"

namespace relais::document {
namespace {

std::optional<std::string> unescape_step(std::string_view step) {
  std::string name;
  for (std::size_t at = 0; at < step.size(); ++at) {
    if (step[at] != '~') {
      name.push_back(step[at]);
      continue;
    }
    const char code = at + 1 < step.size() ? step[++at] : '\0';
    if (code != '0' && code != '1') return std::nullopt;
    name.push_back(code == '0' ? '~' : '/');
  }
  return name;
}

}  // namespace

std::optional<std::vector<std::string>> split_path(std::string_view text) {
  std::vector<std::string> steps;
  if (text.empty()) return steps;
  for (std::size_t start = 0;;) {
    const std::size_t slash = text.find('/', start);
    auto step = unescape_step(text.substr(start, slash - start));
    if (!step) return std::nullopt;
    steps.push_back(std::move(*step));
    if (slash == std::string_view::npos) return steps;
    start = slash + 1;
  }
}

std::string escape_step(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

TextMatcher::TextMatcher(const TextRules& rules) {
  for (std::string_view text : rules.patterns) {
    Pattern pattern;
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos) {
      pattern.collection = std::string(text.substr(0, colon));
      text.remove_prefix(colon + 1);
    }
    auto steps = split_path(text);
    if (!steps) continue;
    for (std::string& step : *steps) {
      pattern.steps.push_back(step == "*" ? std::nullopt : std::optional(std::move(step)));
    }
    patterns_.push_back(std::move(pattern));
  }
}

}  // namespace relais::document

#include "document/view/path_text.h"

#include <charconv>

#include "base/limits.h"
#include "base/text.h"
#include "document/json/json.h"
#include "document/json/text_rules.h"
#include "document/sequence/span.h"
#include "document/state/table.h"

namespace relais::document {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string element_text(const Dot& dot) {
  std::string text(1, '@');
  text.append(to_hex(dot.author.view())).append(1, '.');
  text.append(std::to_string(dot.seq)).append(1, '.').append(std::to_string(dot.index));
  return text;
}

std::optional<Dot> parse_element(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', first == std::string_view::npos ? first : first + 1);
  if (text.empty() || text[0] != '@' || second == std::string_view::npos) return std::nullopt;
  const auto author = AuthorId::from(from_hex(text.substr(1, first - 1)).value_or(Bytes{}));
  Dot dot;
  if (!author || !read_number(text.substr(first + 1, second - first - 1), dot.seq) ||
      !read_number(text.substr(second + 1), dot.index)) {
    return std::nullopt;
  }
  dot.author = *author;
  return dot;
}

namespace {

Error not_found(std::string_view what) { return Error(ErrorCode::not_found, std::string(what)); }

bool shows_list(const Node* node) {
  return node != nullptr && shown_kind(*node) == FieldKind::list;
}

bool has_element(const ChangeTable& changes, const Node* node, const Dot& dot) {
  const auto local = node != nullptr ? changes.find(dot) : std::nullopt;
  return local && node->find(changes, *local) != nullptr;
}

/// Parses a step below a node: an element's id; a name, unless a list is shown; else an index.
/// Other steps fail, so that a write doesn't replace a list by an object.
Result<Step> parse_step(const State& state, const Node* node, std::string step) {
  const ChangeTable& changes = state.table().changes;
  const auto dot = parse_element(step);
  if (dot && has_element(changes, node, *dot)) return Step(*dot);
  if (!shows_list(node)) return Step(std::move(step));
  if (dot) return not_found("The list has no such element.");
  if (!step.empty() && step[0] == '@') {
    return Error(ErrorCode::invalid_argument, "The step is not the id of a list element.");
  }
  std::size_t index = 0;
  if (!read_number(std::string_view(step), index)) {
    // A field from before the path was a list is still readable.
    if (node->find(step) != nullptr) return Step(std::move(step));
    return Error(
        ErrorCode::invalid_argument,
        "A list element is named by its number, from 0, or by its id, which begins with '@'.");
  }
  const auto elements = live_elements(changes, *node);
  if (index >= elements.size()) {
    return not_found("The index is beyond the end of the list, whose length is " +
                     std::to_string(elements.size()) + ".");
  }
  return Step(changes.global(elements[index].child->element));
}

}  // namespace

Result<Path> parse_path(std::string_view text, const State& state) {
  auto steps = split_path(text);
  if (!steps) {
    return Error(ErrorCode::invalid_argument, "In a path, write '~0' for '~' and '~1' for '/'.");
  }
  if (steps->size() > limits::kNestingDepth) {
    return Error(ErrorCode::invalid_argument,
                 "A path can have at most " + std::to_string(limits::kNestingDepth) + " steps.");
  }
  Path path;
  for (std::string& step : *steps) {
    if (step.size() > limits::kPathStepBytes) {
      return Error(ErrorCode::invalid_argument, "A step of a path can have at most " +
                                                    std::to_string(limits::kPathStepBytes) +
                                                    " bytes.");
    }
    auto parsed = parse_step(state, state.table().find(path), std::move(step));
    if (!parsed) return std::move(parsed).error().within(printable(text));
    path.push_back(std::move(parsed).value());
  }
  return path;
}

const PathTexts::Places& PathTexts::places(const Node& list) {
  const auto [at, fresh] = lists_.try_emplace(&list);
  // If another kind is shown, an index would be read as a name.
  if (!fresh || !shows_list(&list)) return at->second;
  std::size_t index = 0;
  for (const ListItem& item : live_elements(state_.table().changes, list)) {
    at->second.emplace(key_of(item.child->element), index++);
  }
  return at->second;
}

std::string PathTexts::element(const Node* list, const Dot& dot) {
  const auto local = list != nullptr ? state_.table().changes.find(dot) : std::nullopt;
  if (!local) return element_text(dot);
  const Places& indices = places(*list);
  const auto at = indices.find(key_of(*local));
  return at != indices.end() ? std::to_string(at->second) : element_text(dot);
}

std::string PathTexts::text(const Path& path) {
  std::string text;
  const Node* node = &state_.table().root;
  for (const Step& step : path) {
    if (&step != &path.front()) text.push_back('/');
    const Child* child = nullptr;
    if (const auto* name = std::get_if<std::string>(&step)) {
      text += escape_step(*name);
      if (node != nullptr) child = node->find(*name);
    } else {
      const Dot& dot = std::get<Dot>(step);
      text += element(node, dot);
      const auto local = state_.table().changes.find(dot);
      if (node != nullptr && local) child = node->find(state_.table().changes, *local);
    }
    node = child != nullptr ? &child->node : nullptr;
  }
  return text;
}

std::string to_text(const Path& path, const State& state) { return PathTexts(state).text(path); }

}  // namespace relais::document

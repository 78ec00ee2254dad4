#include "support/every_read.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "document/edit/draft.h"
#include "document/json/json.h"
#include "document/view/cursor.h"
#include "document/view/differences.h"
#include "document/view/read.h"
#include "document/view/sections.h"
#include "document/view/tree.h"

namespace relais::document {
namespace {

std::string fault_of_path(const State& state, const Path& path) {
  const std::string text = to_text(path, state);
  const auto field = read_field(state, path);
  if (!field && field.error().code() != ErrorCode::limit_exceeded) return text + " isn't read; ";
  (void)read_versions(state, path);
  (void)to_json(state, path);
  (void)read_tree(state, path);
  if (field && field->kind == FieldKind::text && !field->text.empty()) {
    const auto cursor = make_cursor(state, path, 1, CursorSide::left);
    if (!cursor) return text + " has no cursor; ";
    const auto place = find_cursor(state, path, *cursor);
    if (!place || *place != 1) return text + " has a cursor elsewhere; ";
  }
  // A path as text cannot name the empty name or control characters either.
  const bool is_nameable = !text.empty() && text.find('?') == std::string::npos;
  if (!is_nameable || !is_shown_along(state, path)) return {};
  const auto again = parse_path(text, state);
  return again && *again == path ? "" : text + " isn't found again; ";
}

using Edit = std::pair<const char*, std::function<Status(Draft&)>>;

/// The edits possible on one field.
std::vector<Edit> edits_of(const Path& path, FieldKind kind) {
  std::vector<Edit> edits = {
      {"erase", [path](Draft& draft) { return draft.erase(path); }},
      {"void", [path](Draft& draft) { return draft.make_void(path, "why"); }},
      {"keep", [path](Draft& draft) { return draft.keep(path); }}};
  if (path.empty()) return edits;
  if (kind == FieldKind::value) {
    edits.emplace_back("set", [path](Draft& draft) { return draft.set(path, "new"); });
  } else if (kind == FieldKind::counter) {
    edits.emplace_back("count", [path](Draft& draft) { return draft.count(path, 1); });
  } else if (kind == FieldKind::text) {
    edits.emplace_back("splice",
                       [path](Draft& draft) { return draft.splice_text(path, 0, 0, "new"); });
  } else if (kind == FieldKind::list) {
    edits.emplace_back("insert",
                       [path](Draft& draft) { return draft.insert_json(path, 0, "{\"n\":1}"); });
    edits.emplace_back("move", [path](Draft& draft) { return draft.move(path, 0, 1); });
  }
  return edits;
}

std::vector<Edit> edits_of(const State& state) {
  std::vector<Edit> edits = {
      {"put", [](Draft& draft) { return draft.put_json({}, R"({"a":{"b":[1,{"c":"d"}]}})"); }},
      {"erase all", [](Draft& draft) { return draft.erase({}); }},
      {"restore all", [](Draft& draft) { return draft.restore({}); }},
      {"begin anew", [](Draft& draft) { return draft.start_anew({}, FieldKind::map); }},
      {"keep all", [](Draft& draft) { return draft.keep({}); }}};
  for (const auto& [path, kind] : live_fields(state)) {
    for (Edit& edit : edits_of(path, kind)) edits.push_back(std::move(edit));
    if (path.empty() || !std::holds_alternative<Dot>(path.back())) continue;
    const Path above(path.begin(), path.end() - 1);
    for (Edit& edit : edits_of(above, FieldKind::list)) edits.push_back(std::move(edit));
  }
  return edits;
}

std::string fault_of_edit(const State& state, const Position& at, const Edit& edit) {
  Draft draft(state, at, {"cases", "one"}, Stamp{1});
  // An impossible edit is refused.
  if (!edit.second(draft) || draft.empty()) return {};
  Draft copy = draft;
  const Change change = std::move(copy).finish();
  const State shown = copy.take_state();
  const std::string name = std::string(edit.first) + ": ";
  const Bytes bytes = encode(change, at);
  if (bytes.size() > draft.bytes() + 4096) return name + "it is larger than was said; ";
  auto decoded = decode_change(bytes, at);
  if (!decoded || encode(*decoded, at) != bytes) return name + "the change isn't read; ";
  State after = state;
  if (!after.apply(*decoded, at)) return name + "the change isn't applied; ";
  if (after.canonical() != shown.canonical()) {
    return name + "it does " + to_json({&after}) + " instead of " + to_json({&shown}) + "; ";
  }
  (void)differences(state, after);
  const std::string fault = fault_of_bytes(after) + fault_of_reads(after);
  return fault.empty() ? fault : name + fault;
}

}  // namespace

bool is_shown_along(const State& state, const Path& path) {
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const Path above(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
    const auto field = read_field(state, above);
    const bool in_list = field && field->kind == FieldKind::list;
    if (in_list != std::holds_alternative<Dot>(path[depth])) return false;
  }
  return true;
}

std::string fault_of_reads(const State& state) {
  std::string fault;
  if (to_json({&state}).empty()) fault += "no JSON; ";
  // A tree shows an out-of-range counter as the nearest 64-bit value.
  const auto fields = live_fields(state);
  const bool is_exact = std::all_of(fields.begin(), fields.end(), [&state](const auto& field) {
    return field.second != FieldKind::counter || read_field(state, field.first).has_value();
  });
  const std::string tree = to_json(read_tree({&state}));
  if (is_exact && tree != to_json({&state})) fault += "the tree reads otherwise; ";
  if (state.has_conflicts() == state.conflicts().empty()) fault += "conflicts are said twofold; ";
  for (const Conflict& conflict : state.conflicts()) (void)to_text(conflict.path, state);
  for (const Voided& voided : voided_fields(state)) (void)to_text(voided.path, state);
  (void)section_names(state);
  for (const auto& [path, kind] : fields) fault += fault_of_path(state, path);
  return fault;
}

std::string fault_of_bytes(const State& state) {
  const Bytes bytes = state.canonical();
  const auto decoded = State::decode(bytes);
  if (!decoded) return "its bytes can't be read: " + decoded.error().message();
  if (decoded->canonical() != bytes) return "its bytes are others when they were read";
  if (to_json({&*decoded}) != to_json({&state})) return "it reads otherwise after decoding";
  if (!differences(state, *decoded).empty()) return "it differs from itself after decoding";
  if (decoded->conflicts().size() != state.conflicts().size()) return "other conflicts";
  return {};
}

std::string fault_of_edits(const State& state, const Position& at, std::size_t first,
                           std::size_t step) {
  std::string fault;
  const std::vector<Edit> edits = edits_of(state);
  for (std::size_t i = first; i < edits.size(); i += step) {
    fault += fault_of_edit(state, at, edits[i]);
  }
  return fault;
}

}  // namespace relais::document

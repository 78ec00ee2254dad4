// A document's state as the store keeps it: what decodes encodes to one form, can be read in every
// way, edited, and merged with itself. docs/spec/document.md, "State".
#include "base/check.h"
#include "document/draft.h"
#include "document/json.h"
#include "document/read.h"
#include "document/sections.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"

namespace relais::fuzz {
namespace {

using document::State;

/// Whether what is shown leads along the path: where two kinds clash at one place, the text of a
/// path below the hidden one names something else.
bool is_shown(const State& state, const document::Path& path) {
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const document::Path above(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
    const auto field = document::read_field(state, above);
    const bool in_list = field && field->kind == document::Kind::list;
    if (in_list != std::holds_alternative<document::Dot>(path[depth])) return false;
  }
  return true;
}

void read_all(const State& state) {
  const std::string json = document::to_json({&state});
  RELAIS_CHECK(!json.empty());
  RELAIS_CHECK(state.has_conflicts() == !state.conflicts().empty());
  for (const document::Conflict& conflict : state.conflicts()) {
    (void)document::to_text(conflict.path, state);
  }
  for (const auto& [path, kind] : document::live_fields(state)) {
    const auto field = document::read_field(state, path);
    RELAIS_CHECK(field || field.error().code() == ErrorCode::limit_exceeded);
    const std::string text = document::to_text(path, state);
    // Nor can text name the field without a name, or show control characters.
    const bool nameable = !text.empty() && text.find('?') == std::string::npos;
    if (!nameable || !is_shown(state, path)) continue;
    const auto again = document::parse_path(text, state);
    RELAIS_CHECK(again && *again == path);
  }
  (void)document::section_names(state);
}

void edit(const State& state) {
  const document::Position self{filled_with<AuthorId>(0xee), 1'000'000};
  if (state.context().covers(self.author, self.seq)) return;  // its writer would be further on
  document::Draft draft(state, self, {"cases", "one"}, document::Stamp{1});
  const Status done = draft.put_json({}, R"({"a":{"b":[1,{"c":"d"}]},"l":[],"t":"text"})");
  if (!done) return check_error(done.error());
  if (!draft.empty()) (void)draft.erase({});
  if (draft.empty()) return;
  const State shown = draft.state();
  const auto change = std::move(draft).finish();
  const Bytes bytes = document::encode(change, self);
  const auto decoded = document::decode_change(bytes, self);
  RELAIS_CHECK(decoded && document::encode(*decoded, self) == bytes);
}

}  // namespace

void run(Input& input) {
  const bool edits = input.chance();
  const BytesView bytes = input.rest();
  auto state = State::decode(bytes);
  if (!state) return check_error(state.error());
  const Bytes normal = state->canonical();
  RELAIS_CHECK(normal == bytes);
  read_all(*state);
  State copy = *state;
  copy.merge(*state);
  RELAIS_CHECK(copy.canonical() == normal);
  State from_nothing;
  from_nothing.merge(*state);
  RELAIS_CHECK(from_nothing.canonical() == normal);
  if (edits) edit(*state);
}

}  // namespace relais::fuzz

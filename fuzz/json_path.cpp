// Paths as users write them, against a document with nested lists and odd names: what is read is
// written again as the same path. docs/spec/document.md, "Model".
#include "base/check.h"
#include "base/limits.h"
#include "document/edit/draft.h"
#include "document/json/json.h"
#include "document/view/read.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"

namespace relais::fuzz {
namespace {

using document::Path;
using document::State;

const State& some_document() {
  static const State kState = [] {
    const document::Position self{filled_with<AuthorId>(0xab), 1};
    document::Draft draft(State(), self, {"cases", "one"}, document::Stamp{1});
    RELAIS_CHECK(draft
                     .put_json({}, R"({"a":{"b/c":1,"~":2,"":3,"0":4},"l":[1,[2,{"x":"y"}],{}],
                                      "@":{"@1":[true]},"m":{"note":"words"},"é":[]})",
                               {{"m/note"}})
                     .has_value());
    return draft.state();
  }();
  return kState;
}

}  // namespace

void run(Input& input) {
  const BytesView text = input.rest();
  const State& state = some_document();
  const auto path = document::parse_path(text, state);
  if (!path) {
    check_error(path.error());
    return;
  }
  RELAIS_CHECK(path->size() <= limits::kNestingDepth);
  const std::string written = document::to_text(*path, state);
  const auto again = document::parse_path(written, state);
  const bool shows_all = written.find('?') == std::string::npos;  // control characters aren't shown
  if (shows_all) RELAIS_CHECK(again && *again == *path);

  RELAIS_CHECK(!document::to_json(state, *path).empty());
  const auto field = document::read_field(state, *path);
  if (!field) check_error(field.error());
  // An edit at the path equals one at its text.
  const document::Position self{filled_with<AuthorId>(0xcd), 1};
  document::Draft draft(state, self, {"cases", "one"}, document::Stamp{2});
  const Status done = draft.put_json(*path, R"({"k":["v"]})");
  if (!done) return check_error(done.error());
  RELAIS_CHECK(draft.empty() || document::read_field(draft.state(), *path).has_value());
  const State shown = draft.state();
  if (draft.empty()) return;
  const auto change = std::move(draft).finish();
  const auto decoded = document::decode_change(document::encode(change, self), self);
  State applied = state;
  RELAIS_CHECK(decoded && applied.apply(*decoded, self).has_value());
  RELAIS_CHECK(applied.canonical() == shown.canonical());
}

}  // namespace relais::fuzz

// One line of an import: what parses and encodes is a change that decodes, and shows the same as
// putting that JSON into a draft. docs/spec/document.md, "JSON".
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "document/edit/draft.h"
#include "document/json/json.h"
#include "document/view/sections.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"

namespace relais::fuzz {
namespace {

using document::Draft;
using document::Importer;
using document::Position;
using document::State;

const Position kSelf{filled_with<AuthorId>(3), 7};
constexpr document::Stamp kStamp{1'790'000'000'000ULL << 16};

/// The state after the changes; nothing if they exceed a limit.
std::optional<State> import(Importer& importer, const Importer::Line& line,
                            const std::function<bool(std::string_view)>& wanted) {
  constexpr TransactionId kDeed{};
  std::vector<Bytes> changes;
  const Status done = importer.encode(
      {}, kStamp, {}, wanted, [&] { return kDeed; }, changes);
  if (!done) {
    check_error(done.error());
    return std::nullopt;
  }
  State state;
  Position at = kSelf;
  for (const Bytes& bytes : changes) {
    const auto change = document::decode_change(bytes, at);
    RELAIS_CHECK(change && document::encode(*change, at) == bytes);
    RELAIS_CHECK(change->address == line.address && change->stamp == kStamp);
    RELAIS_CHECK(change->context.entries().size() == (at == kSelf ? 0 : 1));
    RELAIS_CHECK(change->attribution.transaction.has_value() == (changes.size() > 1));
    RELAIS_CHECK(state.apply(*change, at).has_value());
    const auto summary = document::inspect_change(bytes, at);
    RELAIS_CHECK(summary &&
                 std::all_of(summary->sections.begin(), summary->sections.end(), wanted));
    ++at.seq;
  }
  return state;
}

/// Import, export and import give the same: the JSON is canonical.
void check_export(Importer& importer, const State& imported) {
  const std::string json = document::to_json({&imported});
  const std::string text = R"({"collection":"c","id":"x","doc":)" + json + "}";
  RELAIS_CHECK(importer.parse(text).has_value());
  const auto again = import(importer, {"", {"c", "x"}}, [](std::string_view) { return true; });
  RELAIS_CHECK(again && document::to_json({&*again}) == json);
}

/// An edit with the same JSON gives the same.
void check_draft(const State& imported, const Importer::Line& line, const std::string& json,
                 const document::TextRules& rules) {
  Position last = kSelf;
  const auto more = [&last] {
    ++last.seq;
    return last;
  };
  Draft draft(State(), kSelf, line.address, kStamp, more);
  const Status done = draft.put_json({}, json, rules);
  if (done) RELAIS_CHECK(document::to_json({&draft.state()}) == document::to_json({&imported}));
}

}  // namespace

void run(Input& input) {
  const std::uint8_t odd = input.byte();
  document::TextRules rules;
  if (input.chance()) rules.patterns = {"medical/note", "cases:medical/visits/*/note", "t"};
  Importer importer(rules);
  const BytesView text = input.rest();
  const auto line = importer.parse(text);
  if (!line) return check_error(line.error());

  RELAIS_CHECK(document::check_address(line->address).has_value());
  RELAIS_CHECK(line->scope.size() <= limits::kScopeBytes);
  const std::string json = importer.document_json();
  const auto sections = document::split_sections(json);
  RELAIS_CHECK(sections && sections->size() == importer.sections().size());
  for (std::size_t i = 0; i < sections->size(); ++i) {
    RELAIS_CHECK((*sections)[i].first == importer.sections()[i]);
  }
  const auto all = import(importer, *line, [](std::string_view) { return true; });
  // Split in two by section, it reads the same.
  const auto first = [&](std::string_view section) { return (section.size() & 1) == (odd & 1U); };
  const auto second = [&](std::string_view section) { return !first(section); };
  if (!all || sections->empty()) return;
  const auto a = import(importer, *line, first);
  const auto b = import(importer, *line, second);
  if (a && b) RELAIS_CHECK(document::to_json({&*a, &*b}) == document::to_json({&*all}));
  // Rules for one collection apply to the importer only.
  if (line->address.collection == "cases" || rules.patterns.empty()) {
    check_draft(*all, *line, json, rules);
  }
  check_export(importer, *all);
}

}  // namespace relais::fuzz

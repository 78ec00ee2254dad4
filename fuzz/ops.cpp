// One change as decoded from a block: it encodes to the same bytes, inspecting it agrees with
// decoding it, and it can be applied; the state can be stored, read in every way, and edited by an
// honest writer. docs/spec/document.md, "Change".
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "document/change.h"
#include "document/state/state.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"
#include "support/every_read.h"

namespace relais::fuzz {
namespace {

using document::Change;
using document::ChangeHeader;
using document::Position;
using document::State;

std::vector<std::string> sections_of(const Change& change) {
  std::vector<std::string> sections;
  for (const document::Op& op : change.ops) {
    const auto* name = op.path.empty() ? nullptr : std::get_if<std::string>(&op.path.front());
    if (name == nullptr) continue;
    if (std::find(sections.begin(), sections.end(), *name) == sections.end()) {
      sections.push_back(*name);
    }
  }
  return sections;
}

void check_same(const ChangeHeader& a, const ChangeHeader& b) {
  RELAIS_CHECK(a.address == b.address && a.context == b.context && a.stamp == b.stamp);
  RELAIS_CHECK(a.attribution == b.attribution && a.cites == b.cites && a.content == b.content);
}

/// Checks what the change alone says of conflicts in its document.
void check_conflicts(const Change& change, const document::ChangeSummary& summary,
                     const Position& self) {
  RELAIS_CHECK(summary.replaces == document::replaces_what_it_saw(change.ops));
  State alone;
  if (summary.may_conflict || !alone.ready(change)) return;
  RELAIS_CHECK(alone.apply(change, self).has_value() && !alone.has_conflicts());
}

void check_limits(const Change& change, const Position& self) {
  RELAIS_CHECK(document::check_address(change.address).has_value());
  RELAIS_CHECK(!change.ops.empty() || !change.cites.whole);
  RELAIS_CHECK(change.ops.size() <= limits::kOpsPerChange);
  RELAIS_CHECK(change.context.entries().size() <= limits::kContextEntries);
  RELAIS_CHECK(!change.context.covers(self.author, self.seq));
  for (const document::Op& op : change.ops) {
    RELAIS_CHECK(op.path.size() <= limits::kNestingDepth);
  }
}

/// Applies it to a state that has seen what the change has.
void check_apply(const Change& change, const Position& self) {
  State state;
  if (!state.ready(change)) {
    const auto refused = state.apply(change, self);
    RELAIS_CHECK(!refused && refused.error().code() == ErrorCode::invalid_argument);
  }
  for (const Position& seen : change.context.entries()) state.skip(seen);
  RELAIS_CHECK(state.ready(change) && state.apply(change, self).has_value());
  const Bytes bytes = state.canonical();
  RELAIS_CHECK(state.apply(change, self).has_value() && state.canonical() == bytes);
  RELAIS_CHECK(document::fault_of_bytes(state).empty());
  RELAIS_CHECK(document::fault_of_reads(state).empty());
  const Position writer{filled_with<AuthorId>(0xee), limits::kLastSeq - 1};
  const bool is_new = !state.context().covers(writer.author, writer.seq);
  // Edits of large documents are slow.
  if (is_new && bytes.size() < 4096) RELAIS_CHECK(document::fault_of_edits(state, writer).empty());
}

}  // namespace

void run(Input& input) {
  const Position self{filled_with<AuthorId>(input.byte()), input.byte() + std::uint64_t{1}};
  const BytesView bytes = input.rest();
  const auto change = document::decode_change(bytes, self);
  const auto summary = document::inspect_change(bytes, self);
  RELAIS_CHECK(change.has_value() == summary.has_value());
  if (!change) {
    check_error(change.error());
    RELAIS_CHECK(change.error().code() == summary.error().code());
    return;
  }
  RELAIS_CHECK(document::encode(*change, self) == bytes);
  check_same(*change, summary->header);
  RELAIS_CHECK(summary->sections == sections_of(*change));
  check_conflicts(*change, *summary, self);
  check_limits(*change, self);
  check_apply(*change, self);
}

}  // namespace relais::fuzz

// The state of a document as stored: what decodes encodes to one form, can be read in every way,
// edited, and merged with itself. docs/spec/document.md, "State".
#include "document/state/state.h"

#include "base/check.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"
#include "support/every_read.h"

namespace relais::fuzz {
namespace {

using document::State;

}  // namespace

void run(Input& input) {
  const bool edits = input.chance();
  const BytesView bytes = input.rest();
  auto state = State::decode(bytes);
  if (!state) return check_error(state.error());
  const Bytes normal = state->canonical();
  RELAIS_CHECK(normal == bytes);
  RELAIS_CHECK(document::fault_of_bytes(*state).empty());
  RELAIS_CHECK(document::fault_of_reads(*state).empty());
  State copy = *state;
  copy.merge(*state);
  RELAIS_CHECK(copy.canonical() == normal);
  State from_nothing;
  from_nothing.merge(*state);
  RELAIS_CHECK(from_nothing.canonical() == normal);
  const document::Position writer{filled_with<AuthorId>(0xee), limits::kLastSeq - 1};
  const bool is_new = !state->context().covers(writer.author, writer.seq);
  if (edits && is_new) RELAIS_CHECK(document::fault_of_edits(*state, writer).empty());
}

}  // namespace relais::fuzz

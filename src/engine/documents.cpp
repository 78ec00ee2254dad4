#include "engine/documents.h"

#include "base/try.h"

namespace relais::engine {

Result<store::DocumentRecord> Documents::record(const store::Reads& store, BytesView key) {
  RELAIS_ASSIGN(const auto bytes, store.get(store::Family::documents, key));
  if (!bytes) return store::DocumentRecord{};
  return store::decode_document_record(*bytes);
}

Result<std::pair<document::Change, document::Position>> Documents::change(
    const Control& control, const store::Reads& store, const store::LocalPosition& at,
    const OpenedChanges& opened) {
  const store::LogRow* row = logs_.find(at.log);
  if (row == nullptr) return Error(ErrorCode::corrupt, "A document names a log that isn't there.");
  const document::Position position{row->id.author, at.seq};
  const auto fresh = opened.find({at.log, at.seq});
  BytesView bytes;
  if (fresh != opened.end()) {
    bytes = fresh->second;
  } else {
    RELAIS_TRY(opener_.load(buffer_, control, store, *row, at.seq));
    bytes = buffer_;
  }
  RELAIS_ASSIGN(auto change, document::decode_change(bytes, position, row->id.compartment));
  return std::pair(std::move(change), position);
}

Result<document::State> Documents::state(const Control& control, const store::Reads& store,
                                         const store::DocumentRecord& record,
                                         const OpenedChanges& opened) {
  document::State state;
  if (!record.checkpoint.empty()) {
    RELAIS_ASSIGN(state, document::State::decode(record.checkpoint));
  }
  for (const store::LocalPosition& at : record.tail) {
    RELAIS_ASSIGN(const auto placed, change(control, store, at, opened));
    // What the context names and isn't here was set aside: it counts as seen.
    for (const auto& seen : placed.first.context.entries()) state.skip(seen);
    RELAIS_TRY(state.apply(placed.first, placed.second));
  }
  return state;
}

}  // namespace relais::engine

#include "replica/documents.h"

#include "base/coding.h"
#include "base/try.h"
#include "replica/projection/folding.h"

namespace relais::replica {

using store::DocumentRecord;
using store::Family;
using store::LocalPosition;

namespace {

Result<std::optional<Bytes>> look_up(const Documents::Source& from, BytesView key) {
  return from.index ? from.index(key) : from.store.get(Family::index, key);
}

}  // namespace

Result<DocumentRecord> Documents::record(const store::Reads& store, BytesView key) {
  RELAIS_ASSIGN(const auto bytes, store.get(Family::documents, key));
  if (!bytes) return DocumentRecord{};
  return store::decode_document_record(*bytes);
}

Result<Bytes> Documents::bytes_at(const Source& from, const LocalPosition& at) {
  if (from.opened != nullptr) {
    const auto fresh = from.opened->find(at);
    if (fresh != from.opened->end()) return fresh->second;
  }
  const auto log = logs_.find(at.log);
  if (!log)
    return Error(ErrorCode::corrupt, "A document refers to a log that is missing in the store.");
  Bytes bytes;
  RELAIS_TRY(decryptor_.load(bytes, from.control, from.store, *log, at.seq));
  return bytes;
}

Result<LocatedChange> Documents::change(const Source& from, const LocalPosition& at) {
  RELAIS_ASSIGN(const Bytes bytes, bytes_at(from, at));
  const log::LogId log = logs_.find(at.log)->id;
  LocatedChange located{at, {log.author, at.seq}, {}, bytes.size()};
  RELAIS_ASSIGN(located.change, document::decode_change(bytes, located.position, log.compartment));
  return located;
}

Result<LocatedChange> Documents::header(const Source& from, const LocalPosition& at) {
  RELAIS_ASSIGN(const Bytes bytes, bytes_at(from, at));
  const log::LogId log = logs_.find(at.log)->id;
  LocatedChange located{at, {log.author, at.seq}, {}, bytes.size()};
  document::ChangeHeader& header = located.change;
  RELAIS_ASSIGN(header, document::decode_header(bytes, located.position, log.compartment));
  return located;
}

Result<Bytes> Documents::checkpoint(const Source& from, BytesView key,
                                    const DocumentRecord& record) {
  if (record.generation == 0) return record.checkpoint;
  Bytes bytes;
  bytes.reserve(record.checkpoint_bytes);
  for (std::uint32_t number = 0; bytes.size() < record.checkpoint_bytes; ++number) {
    RELAIS_ASSIGN(const auto chunk,
                  look_up(from, store::chunk_key(key, record.generation, number)));
    if (!chunk || chunk->empty()) break;
    bytes.append(*chunk);
  }
  if (bytes.size() == record.checkpoint_bytes) return bytes;
  return Error(ErrorCode::corrupt, "A part of a document's checkpoint is missing.");
}

Result<LocatedChange> Documents::resolved(const Source& from, BytesView key,
                                          const DocumentRecord& record, const LocalPosition& at) {
  RELAIS_ASSIGN(auto located, change(from, at));
  const bool needed = needs_vector(located.change);
  if (!needed && !record.ignores_entries) return located;
  RELAIS_ASSIGN(const auto vector,
                look_up(from, store::index_key(store::index::kVector, key, at.log, at.seq)));
  if (!vector && needed) {
    return Error(ErrorCode::corrupt, "A change's context is missing in the store.");
  }
  if (vector) {
    RELAIS_ASSIGN(located.change.context, decode_context(*vector, logs_));
  }
  return located;
}

Result<document::State> Documents::state(const Source& from, BytesView key,
                                         const DocumentRecord& record) {
  document::State state;
  if (record.checkpoint_bytes != 0) {
    RELAIS_ASSIGN(const Bytes bytes, checkpoint(from, key, record));
    RELAIS_ASSIGN(state, document::State::decode(bytes));
  }
  std::vector<LocatedChange> tail;
  tail.reserve(record.tail.size());
  for (const LocalPosition& at : record.tail) {
    RELAIS_ASSIGN(auto located, resolved(from, key, record, at));
    tail.push_back(std::move(located));
  }
  const auto apply = [&](LocatedChange& located) -> Status {
    located.change.context = clipped(located.change.context, state.context());
    return state.apply(located.change, located.position);
  };
  RELAIS_TRY(in_causal_order(tail, state.context(), apply));
  return state;
}

Result<std::vector<LocatedChange>> Documents::changes(const Control& control,
                                                      const store::Reads& store, BytesView key,
                                                      const DocumentRecord& record) {
  const Source from{control, store, {}, nullptr};
  std::vector<LocalPosition> positions = record.tail;
  if (record.counted) {
    RELAIS_ASSIGN(const auto folded, folded_positions(store, key));
    positions.insert(positions.end(), folded.begin(), folded.end());
  }
  std::vector<LocatedChange> all;
  all.reserve(positions.size());
  for (const LocalPosition& at : positions) {
    RELAIS_ASSIGN(auto located, resolved(from, key, record, at));
    all.push_back(std::move(located));
  }
  std::vector<LocatedChange> ordered;
  ordered.reserve(all.size());
  document::Context applied;
  const auto add = [&](LocatedChange& located) -> Status {
    located.change.context = clipped(located.change.context, applied);
    applied.advance(located.position.author, located.position.seq);
    ordered.push_back(std::move(located));
    return {};
  };
  RELAIS_TRY(in_causal_order(all, {}, add));
  return ordered;
}

Result<std::vector<LocalPosition>> folded_positions(const store::Reads& store, BytesView key) {
  std::vector<LocalPosition> positions;
  const Bytes prefix = store::index_prefix(store::index::kFolded, key);
  const auto cursor = store.scan_prefix(Family::index, prefix);
  for (; cursor->valid(); cursor->next()) {
    RELAIS_TRY(read_folded(cursor->key().substr(prefix.size()), cursor->value(), positions));
  }
  RELAIS_TRY(cursor->status());
  return positions;
}

}  // namespace relais::replica

#pragma once

#include <vector>

#include "document/state.h"
#include "store/tables/keys.h"

namespace relais::store {

/// A position with its log under its number here.
struct LocalPosition {
  LogNo log = 0;
  std::uint64_t seq = 0;
  bool operator==(const LocalPosition&) const = default;
};

/// What the store keeps of one document in one compartment: a state as of some moment, if there is
/// one, and the changes applied since then, in the order they were applied. The document is the one
/// with the others applied; a new document is a mention of its one change in the log.
/// docs/spec/store.md, "Document record".
struct DocumentRecord {
  std::vector<LocalPosition> context;  ///< per log, the last position applied
  std::vector<LocalPosition> tail;     ///< applied, and not in the checkpoint
  bool conflicts = false;              ///< some field has siblings: it is listed in the index
  bool divided = false;                ///< some change hadn't seen all that was applied before it
  bool waiting = false;                ///< changes wait for others: they are listed in the index
  Bytes checkpoint;                    ///< document::State, encoded; empty: none

  std::uint64_t last(LogNo log) const;
  void apply(const LocalPosition& position);  ///< to context and tail
};

Bytes encode(const DocumentRecord& record);
/// Fails: corrupt.
Result<DocumentRecord> decode_document_record(BytesView bytes);

}  // namespace relais::store

#pragma once

#include <vector>

#include "document/state/state.h"
#include "store/tables/keys.h"

namespace relais::store {

/// The stored record of one document in one compartment: a checkpoint of its state, if there is
/// one, and the changes applied since. The document is the checkpoint with those changes applied; a
/// new document is a reference to its one change in the log. docs/spec/store.md, "Document record".
struct DocumentRecord {
  struct Author {
    LogNo log = 0;
    std::uint64_t seq = 0;    ///< the last change applied; 0: none
    std::uint64_t bytes = 0;  ///< of its changes, inflated; 0 unless `counted`
    bool operator==(const Author&) const = default;
  };

  std::vector<Author> authors;      ///< by log number
  std::vector<LocalPosition> tail;  ///< applied changes that are not in the checkpoint; sorted
  bool conflicts = false;           ///< some field has siblings: listed in the index
  bool waiting = false;             ///< changes wait for others: listed in the index
  bool damaged = false;             ///< the document could not be built
  bool has_non_writes = false;      ///< a change deletes, undoes, marks or moves something
  bool ignores_entries = false;     ///< a change cites what a frozen log will never have
  bool counted = false;  ///< sizes of changes are kept: there are many, or an import in parts

  std::uint64_t tail_bytes = 0;        ///< size of the changes in the tail, inflated; if `counted`
  std::uint32_t generation = 0;        ///< of the checkpoint's chunks in the index; 0: none
  std::uint64_t checkpoint_bytes = 0;  ///< size of the encoded document::State; 0: none
  Bytes checkpoint;                    ///< the checkpoint, if it is stored here and not in chunks

  std::uint64_t last(LogNo log) const;
  Author& author(LogNo log);                  ///< created if missing
  void apply(const LocalPosition& position);  ///< adds it to authors and tail
  bool in_tail(const LocalPosition& position) const;
};

Bytes encode(const DocumentRecord& record);
/// Fails: corrupt.
Result<DocumentRecord> decode_document_record(BytesView bytes);

}  // namespace relais::store

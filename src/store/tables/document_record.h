#pragma once

#include <vector>

#include "document/state/state.h"
#include "store/tables/keys.h"

namespace relais::store {

/// What the store keeps of one document in one compartment: a state as of some moment, if there is
/// one, and the changes applied since then. The document is the one with the others applied; a new
/// document is a mention of its one change in the log. docs/spec/store.md, "Document record".
struct DocumentRecord {
  struct Author {
    LogNo log = 0;
    std::uint64_t seq = 0;    ///< the last one applied; 0: none
    std::uint64_t bytes = 0;  ///< its changes of this document, inflated; 0 unless `counted`
    bool operator==(const Author&) const = default;
  };

  std::vector<Author> authors;      ///< in the order of their numbers
  std::vector<LocalPosition> tail;  ///< applied, and not in the checkpoint; sorted
  bool conflicts = false;           ///< some field has siblings: it is listed in the index
  bool waiting = false;             ///< changes wait for others: they are listed in the index
  bool damaged = false;             ///< it couldn't be made
  bool more_than_writes = false;    ///< a change deletes, takes back, keeps or moves something
  bool passes_over = false;         ///< a change cites what never comes of a frozen log
  bool counted = false;             ///< sizes of changes are: they are many, or an import in parts

  std::uint64_t tail_bytes = 0;        ///< of the changes in the tail, inflated; if `counted`
  std::uint32_t generation = 0;        ///< of the checkpoint's chunks in the index; 0: none
  std::uint64_t checkpoint_bytes = 0;  ///< of document::State, encoded; 0: none
  Bytes checkpoint;                    ///< the same, if it stands here and not in chunks

  std::uint64_t last(LogNo log) const;
  Author& author(LogNo log);                  ///< made if there is none
  void apply(const LocalPosition& position);  ///< to authors and tail
  bool in_tail(const LocalPosition& position) const;
};

Bytes encode(const DocumentRecord& record);
/// Fails: corrupt.
Result<DocumentRecord> decode_document_record(BytesView bytes);

}  // namespace relais::store

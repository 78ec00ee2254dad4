#pragma once

#include <functional>
#include <map>

#include "replica/block_decryptor.h"
#include "replica/projection/contexts.h"
#include "store/tables/document_record.h"

namespace relais::replica {

/// Changes of an uncommitted batch, by position.
using OpenedChanges = std::map<store::LocalPosition, Bytes>;

/// Makes documents from their records. Threads: one at a time.
class Documents {
 public:
  Documents(BlockDecryptor& decryptor, const store::LogNames& logs)
      : decryptor_(decryptor), logs_(logs) {}

  /// Where a record's index entries and changes are read.
  struct Source {
    const Control& control;
    const store::Reads& store;
    /// Looks up a key in the index including an uncommitted batch; empty: in the store's index.
    std::function<Result<std::optional<Bytes>>(BytesView key)> index;
    /// Looked up before the store; may be null.
    const OpenedChanges* opened = nullptr;
  };

  /// The document's record, or an empty one.
  static Result<store::DocumentRecord> record(const store::Reads& store, BytesView key);

  /// The state of a record. Fails: corrupt if it can't be made; as reading a change.
  Result<document::State> state(const Source& from, BytesView key,
                                const store::DocumentRecord& record);
  Result<document::State> state(const Control& control, const store::Reads& store, BytesView key,
                                const store::DocumentRecord& record) {
    return state(Source{control, store, {}, nullptr}, key, record);
  }

  /// All applied changes of the document, each after those that it cites, with their contexts
  /// resolved to what was applied before.
  Result<std::vector<LocatedChange>> changes(const Control& control, const store::Reads& store,
                                             BytesView key, const store::DocumentRecord& record);

  /// The change at a position, as in the log: a context that isn't whole isn't resolved.
  Result<LocatedChange> change(const Source& from, const store::LocalPosition& at);
  /// The same without its ops.
  Result<LocatedChange> header(const Source& from, const store::LocalPosition& at);

 private:
  Result<Bytes> bytes_at(const Source& from, const store::LocalPosition& at);
  Result<Bytes> checkpoint(const Source& from, BytesView key, const store::DocumentRecord& record);
  /// An applied change with the context that was determined when it was applied.
  Result<LocatedChange> resolved(const Source& from, BytesView key,
                                 const store::DocumentRecord& record,
                                 const store::LocalPosition& at);

  BlockDecryptor& decryptor_;
  const store::LogNames& logs_;
};

/// The positions that are folded into a document's checkpoint. Fails: corrupt, store_failed.
Result<std::vector<store::LocalPosition>> folded_positions(const store::Reads& store,
                                                           BytesView key);

}  // namespace relais::replica

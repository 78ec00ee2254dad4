#pragma once

#include <functional>
#include <map>

#include "replica/block_decryptor.h"
#include "replica/projection/contexts.h"
#include "store/tables/document_record.h"

namespace relais::replica {

/// Changes opened a moment ago and not committed yet, by place.
using OpenedChanges = std::map<store::LocalPosition, Bytes>;

/// Makes documents from what the store keeps of them.
/// Threads: one at a time.
class Documents {
 public:
  Documents(BlockDecryptor& decryptor, const store::LogNames& logs)
      : decryptor_(decryptor), logs_(logs) {}

  /// Where a record's indexes are read, and its changes.
  struct Source {
    const Control& control;
    const store::Reads& store;
    /// Looks a key up in the store's indexes as they are going to be; none: as they are.
    std::function<Result<std::optional<Bytes>>(BytesView key)> index;
    /// Asked before the store.
    const OpenedChanges* opened = nullptr;
  };

  /// The document's record, or an empty one.
  static Result<store::DocumentRecord> record(const store::Reads& store, BytesView key);

  /// The state a record stands for. Fails: corrupt, if it can't be made.
  Result<document::State> state(const Source& from, BytesView key,
                                const store::DocumentRecord& record);
  Result<document::State> state(const Control& control, const store::Reads& store, BytesView key,
                                const store::DocumentRecord& record) {
    return state(Source{control, store, {}, nullptr}, key, record);
  }

  /// All changes of the document that are applied, each after those it cites, with their contexts
  /// resolved to what was applied before them.
  Result<std::vector<PlacedChange>> changes(const Control& control, const store::Reads& store,
                                            BytesView key, const store::DocumentRecord& record);

  /// The change at a place, as it stands in the log: its context isn't resolved if it isn't whole.
  Result<PlacedChange> change(const Source& from, const store::LocalPosition& at);
  /// The same without its ops.
  Result<PlacedChange> header(const Source& from, const store::LocalPosition& at);

 private:
  Result<Bytes> bytes_at(const Source& from, const store::LocalPosition& at);
  Result<Bytes> checkpoint(const Source& from, BytesView key, const store::DocumentRecord& record);
  /// Gives it its context, less what isn't in `applied`.
  Status resolve(const Source& from, BytesView key, const store::DocumentRecord& record,
                 const document::Context& applied, PlacedChange& placed);

  BlockDecryptor& decryptor_;
  const store::LogNames& logs_;
};

/// The places of a document that are folded into its checkpoint.
Result<std::vector<store::LocalPosition>> folded_places(const store::Reads& store, BytesView key);

}  // namespace relais::replica

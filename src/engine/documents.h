#pragma once

#include <map>

#include "engine/opener.h"
#include "store/tables/document_record.h"

namespace relais::engine {

/// Changes opened a moment ago and not committed yet, by place.
using OpenedChanges = std::map<std::pair<store::LogNo, std::uint64_t>, Bytes>;

/// Makes documents from what the store keeps of them.
/// Threads: one at a time.
class Documents {
 public:
  Documents(Opener& opener, const store::LogTable& logs) : opener_(opener), logs_(logs) {}

  /// The document's record, or an empty one.
  static Result<store::DocumentRecord> record(const store::Reads& store, BytesView key);

  /// The state a record stands for. `opened` is asked before the store.
  Result<document::State> state(const Control& control, const store::Reads& store,
                                const store::DocumentRecord& record,
                                const OpenedChanges& opened = {});
  /// The change at a place, with its position's author.
  Result<std::pair<document::Change, document::Position>> change(const Control& control,
                                                                 const store::Reads& store,
                                                                 const store::LocalPosition& at,
                                                                 const OpenedChanges& opened = {});

 private:
  Opener& opener_;
  const store::LogTable& logs_;
  Bytes buffer_;
};

}  // namespace relais::engine

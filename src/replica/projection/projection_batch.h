#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "replica/documents.h"
#include "replica/projection/index_overlay.h"

namespace relais::replica {

/// A document that a commit changed, for observers.
struct Touched {
  CompartmentId compartment;
  document::Address address;
  std::vector<store::LocalPosition> changes;  ///< that were applied; empty: it was rebuilt
};

/// The last admitted seq of a log; nothing if all of it is admitted.
using Admitted = std::function<std::optional<std::uint64_t>(const log::LogId& log)>;

/// Frozen logs: docs/spec/projection.md.
using FrozenLogs = std::set<store::LogNo>;

/// A document to which a batch adds changes.
struct DocumentSlot {
  Bytes key;
  store::CompartmentNo compartment_no = 0;
  CompartmentId compartment;
  store::DocumentRecord record;
  bool stored = false;           ///< the store has a record
  bool lost = false;             ///< the record can't be read
  bool listed_conflict = false;  ///< in the store's index of conflicts
  bool changed = false;
  bool applied = false;            ///< a change was applied in this batch
  bool needs_examination = false;  ///< for conflicts
  bool rebuilt = false;
  std::vector<store::LocalPosition> filed;  ///< changes applied in this batch
  std::set<store::LocalPosition> pending;   ///< during a rebuild: still to be filed
};

/// The data that the parts of a projector share: the store as it will be after the batch.
struct ProjectionBatch {
  const store::Reads& store;
  const store::LogTable& logs;
  const Control& control;
  Documents& documents;
  BlockDecryptor& decryptor;
  const Admitted& admitted;
  const FrozenLogs& frozen;
  IndexOverlay index;
  OpenedChanges opened;                                 ///< of the batch
  std::map<store::LogNo, std::uint64_t> judged;         ///< beyond `opened` of the logs' rows
  std::map<store::LocalPosition, crypto::Hash> hashes;  ///< of the batch

  Documents::Source source() {
    return {control, store, [this](BytesView key) { return index.get(key); }, &opened};
  }
  std::uint64_t judged_to(const store::LogRow& row) const {
    const auto found = judged.find(row.no);
    return found == judged.end() ? row.opened : found->second;
  }
};

}  // namespace relais::replica

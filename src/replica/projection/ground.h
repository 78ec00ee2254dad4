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
  std::vector<store::LocalPosition> changes;  ///< that were applied; none: it was rebuilt
};

/// How far a log is admitted: the last place, or nothing if all of it is.
using Admitted = std::function<std::optional<std::uint64_t>(const log::LogId& log)>;

/// Logs of which nothing more is taken in: of two histories, or of a device with too many authors.
using FrozenLogs = std::set<store::LogNo>;

/// A document while changes are filed under it.
struct DocumentSlot {
  Bytes key;
  store::CompartmentNo compartment_no = 0;
  CompartmentId compartment;
  store::DocumentRecord record;
  bool stored = false;           ///< there is a record
  bool lost = false;             ///< there is one, and it can't be read
  bool listed_conflict = false;  ///< in the store's index
  bool changed = false;
  bool applied = false;            ///< a change was applied in this batch
  bool needs_examination = false;  ///< its state is to be, for conflicts
  bool rebuilt = false;
  std::vector<store::LocalPosition> filed;  ///< changes applied in this batch
  std::set<store::LocalPosition> pending;   ///< of a document that is rebuilt: still to be filed
};

/// What the parts of a projector share: the store as it will be after the batch.
struct ProjectionGround {
  const store::Reads& store;
  const store::LogTable& logs;
  const Control& control;
  Documents& documents;
  BlockDecryptor& decryptor;
  const Admitted& admitted;
  const FrozenLogs& frozen;
  IndexOverlay index;
  OpenedChanges opened;                                 ///< of places that this batch brings
  std::map<store::LogNo, std::uint64_t> judged;         ///< further than the logs' rows say
  std::map<store::LocalPosition, crypto::Hash> hashes;  ///< of places that this batch brings

  Documents::Source source() {
    return {control, store, [this](BytesView key) { return index.get(key); }, &opened};
  }
  std::uint64_t judged_to(const store::LogRow& row) const {
    const auto found = judged.find(row.no);
    return found == judged.end() ? row.opened : found->second;
  }
};

}  // namespace relais::replica

#pragma once

#include <map>
#include <vector>

#include "access/gate.h"
#include "engine/documents.h"
#include "store/tables/commit.h"

namespace relais::engine {

/// A document that a commit changed, for those who watch.
struct Touched {
  CompartmentId compartment;
  document::Address address;
};

/// Files opened changes under their documents: finds each change's document, waits where its
/// context isn't there yet, sets aside what is misfiled or unreadable, and keeps the index of
/// conflicts. Lives for one batch.
class Filer {
 public:
  Filer(const store::Reads& store, const store::LogTable& logs, const Control& control,
        Documents& documents)
      : store_(store),
        logs_(logs),
        control_(control),
        gate_(control.membership),
        documents_(documents) {}

  /// A change of a log's next place; places of one log in order. Takes the bytes.
  void add(const store::LogRow& row, std::uint64_t seq, Bytes change);
  /// A block that doesn't open, of a log's next place.
  void add_unreadable(const store::LogRow& row, std::uint64_t seq);

  /// Files all that was added, into the commit. Fails: corrupt, store_failed.
  Result<std::vector<Touched>> finish(store::Commit& commit);
  /// The latest stamp of all that was added.
  document::Stamp latest_stamp() const { return latest_stamp_; }

 private:
  struct Arrived {
    store::LocalPosition at;
    AuthorId author;
    CompartmentId compartment;
    Bytes key;  ///< of its document; empty: set aside
    document::ChangeHeader header;
    store::SetAside reason = store::SetAside::unreadable;
  };
  struct Slot {
    store::DocumentRecord record;
    bool listed_conflict = false;  ///< in the store's index
    bool changed = false;
    std::vector<Arrived> waiting;
    bool waiting_loaded = false;
  };

  Status load_slots();
  Status file(store::Batch& batch, const Arrived& arrived);
  Status apply(Slot& slot, const Arrived& arrived);
  Status release(store::Batch& batch, const Bytes& key, Slot& slot);
  Status load_waiting(const Bytes& key, Slot& slot);
  static bool waits(const Slot& slot, const store::LocalPosition& at);
  bool ready(const Slot& slot, const Arrived& arrived) const;
  bool has_seen_all(const Slot& slot, const document::Context& context) const;
  Result<Arrived> waiting_change(const Bytes& key, const store::LocalPosition& at);

  const store::Reads& store_;
  const store::LogTable& logs_;
  const Control& control_;
  access::Gate gate_;
  Documents& documents_;
  std::vector<Arrived> arrived_;
  OpenedChanges opened_;
  std::map<Bytes, Slot> slots_;
  document::Stamp latest_stamp_;
};

}  // namespace relais::engine

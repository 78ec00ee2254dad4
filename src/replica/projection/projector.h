#pragma once

#include <deque>
#include <map>
#include <vector>

#include "replica/projection/judge.h"
#include "replica/projection/known_kinds.h"
#include "replica/projection/resolver.h"
#include "store/tables/commit.h"

namespace relais::replica {

/// The projection from logs to documents, for one batch (docs/spec/projection.md): judges new
/// positions, applies them to their documents, resumes changes that waited for them, and rebuilds
/// documents. Work that exceeds a slice is recorded in the store: `more`, and work.h.
///
/// Damage of one document, its blocks or rows doesn't affect other documents.
/// Threads: one at a time.
class Projector {
 public:
  Projector(const store::Reads& store, const store::LogTable& logs, const Control& control,
            Documents& documents, BlockDecryptor& decryptor, const Admitted& admitted,
            const FrozenLogs& frozen, WallTime now)
      : batch_{store, logs, control, documents, decryptor, admitted, frozen, IndexOverlay(store),
               {},    {},   {}},
        judge_(control, logs, now),
        kinds_(store),
        waiting_(batch_),
        resolver_(batch_, waiting_) {}

  Projector(const Projector&) = delete;
  Projector& operator=(const Projector&) = delete;

  /// Adds the block of a log's next position: blocks in order, whole transactions.
  void add(const store::LogRow& row, OpenedBlock block);
  /// Gives the hash of the last added position, from the next block, which isn't added.
  void stop_before(const store::LogRow& row, std::uint64_t seq, const crypto::Hash& before) {
    batch_.hashes[{row.no, seq - 1}] = before;
  }
  /// Adds a waiting change that is to be resolved again.
  void wake(store::ChangeName change) { to_wake_.push_back(std::move(change)); }
  /// Adds a document that is to be rebuilt from its positions.
  void rebuild(BytesView document) { to_rebuild_.emplace_back(document); }
  /// Adds a transaction that was judged before, with its blocks as they open now.
  void judge_again(const store::LogRow& row, std::vector<OpenedBlock> blocks);
  /// Forgets what was judged beyond `end`, and marks the affected documents for a rebuild.
  Status forget_beyond(const store::LogRow& row, std::uint64_t end);
  /// The same for what cites positions beyond `end`, whether or not the log is held.
  Status touch_beyond(const log::LogId& log, std::uint64_t end);

  /// Does the added work, and writes the result into the commit. Fails: corrupt, store_failed.
  Result<std::vector<Touched>> finish(store::Commit& commit);

  /// The latest stamp of all that was added.
  document::Stamp latest_stamp() const { return judge_.latest_stamp(); }
  /// The inflated bytes added so far.
  std::size_t added_bytes() const { return added_bytes_; }
  /// After `finish`: the store lists remaining work.
  bool more() const { return more_; }
  /// After `finish`: documents whose checkpoints need commits of their own.
  const std::vector<Bytes>& to_fold() const { return to_fold_; }

 private:
  using LocalPosition = store::LocalPosition;

  // Filing: projector.cpp.
  Status load_slots();
  Status file_transactions();
  Result<DocumentSlot*> slot(const Bytes& key);
  Result<DocumentSlot*> load_slot(const Bytes& key, Result<std::optional<Bytes>> bytes);
  Status file(JudgedPosition position);
  Result<bool> add_kinds(const DocumentSlot& slot, const JudgedPosition& position);
  bool may_conflict(const DocumentSlot& slot, const JudgedPosition& position, bool one_kind) const;
  Status file_candidate(DocumentSlot& slot, const LocatedChange& located);
  Status enter(DocumentSlot& slot, const LocatedChange& located, const std::optional<Wait>& woken);
  Status apply(DocumentSlot& slot, const LocatedChange& located);
  void list_content(const DocumentSlot& slot, const document::ChangeHeader& change);
  Status count_tail(DocumentSlot& slot);
  Status set_aside(DocumentSlot& slot, const LocalPosition& at, store::SetAside reason);
  Status judged(store::CompartmentNo compartment, const document::Position& position);
  Status settled(DocumentSlot& slot, const LocalPosition& at);
  Status wake_waiting(store::CompartmentNo compartment, const document::Position& position);
  Status resume_waiting(const store::ChangeName& change);
  Status wake_all();
  Status mark_for_rebuild(BytesView document);
  /// If the status is damage of this document alone, marks the document and continues.
  Status contain(DocumentSlot& slot, const LocalPosition& at, Status status);

  // Rebuilding: projector_rebuild.cpp.
  Status rebuild_all();
  Status rebuild_document(DocumentSlot& slot);
  Result<std::set<LocalPosition>> positions_of(const DocumentSlot& slot,
                                               std::set<LocalPosition>& over);
  Status drop(DocumentSlot& slot);
  Status file_again(DocumentSlot& slot, const LocalPosition& at, bool over_limit);
  Status file_unopened(DocumentSlot& slot, const LocalPosition& at, const Status& loaded);
  Status take_again(const JudgedPosition& position);
  bool decryptor_load(Bytes& change, const store::LogRow& row, std::uint64_t seq);

  // Writing: projector_write.cpp.
  Status write(DocumentSlot& slot, store::Batch& batch);
  Status examine_state(DocumentSlot& slot);
  Status fold(DocumentSlot& slot, const document::State& state);

  struct Arrived {
    store::LogRow row;
    std::vector<OpenedBlock> blocks;  ///< a transaction
    bool again = false;
  };

  ProjectionBatch batch_;
  Judge judge_;
  KnownKinds kinds_;
  WaitingIndex waiting_;
  Resolver resolver_;
  std::vector<Arrived> arrived_;
  std::vector<JudgedPosition> positions_;
  std::vector<Bytes> to_rebuild_;
  std::deque<store::ChangeName> to_wake_;
  std::map<Bytes, DocumentSlot> slots_;
  std::vector<Bytes> to_fold_;
  std::size_t added_bytes_ = 0;
  std::size_t spent_ = 0;   ///< inflated bytes of changes that were resolved again
  std::size_t folded_ = 0;  ///< bytes of checkpoints in the batch
  bool more_ = false;
};

}  // namespace relais::replica

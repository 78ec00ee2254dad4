#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "relais/replica.h"

namespace relais {

/// Undo and redo of the writes that were made through this object, the newest first. Later writes
/// of others are kept. The object must not outlive its replica. Threads: one at a time.
class UndoStack {
 public:
  explicit UndoStack(Replica& replica) : replica_(replica) {}

  /// As Replica::write. Afterwards this write can be undone, and undone writes can't be redone.
  Status write(const std::function<Status(Transaction&)>& edit) {
    Result<Written> written = replica_.write(edit);
    if (!written) return std::move(written).error();
    if (written->changes.empty()) return {};
    done_.push_back(log_.size());
    log_.push_back(*std::move(written));
    undone_.clear();
    return {};
  }
  bool can_undo() const { return !done_.empty(); }
  bool can_redo() const { return !undone_.empty(); }
  /// Undoes the newest write that isn't undone. Fails: as Replica::write; not_found if there is
  /// none, or nothing is left of it: the next call undoes the write before.
  Status undo() { return step(done_, undone_); }
  /// Redoes the write that was undone last. Fails: as `undo`.
  Status redo() { return step(undone_, done_); }

 private:
  /// The log from an entry's begin holds that write, and then pairs of writes that cancel each
  /// other: all of it is undone together.
  Status step(std::vector<std::size_t>& from, std::vector<std::size_t>& to) {
    if (from.empty()) return Error(ErrorCode::not_found, "There is nothing to undo or redo.");
    const std::size_t begin = from.back();
    from.pop_back();
    std::map<DocumentId, std::vector<ChangeId>> documents;
    for (std::size_t i = begin; i < log_.size(); ++i) {
      for (const Written::Change& change : log_[i].changes) {
        documents[change.document].push_back(change.id);
      }
    }
    Result<Written> back = replica_.write([&](Transaction& tx) -> Status {
      Status nothing_left;
      bool any = false;
      for (const auto& [document, changes] : documents) {
        Status undone = tx.undo(document, changes);
        if (!undone && undone.error().code() != ErrorCode::not_found) return undone;
        any = any || undone;
        if (!undone) nothing_left = std::move(undone);
      }
      return any ? Status() : nothing_left;
    });
    if (!back) {
      // Nothing is left of the write, or it failed for now and can be tried again.
      if (back.error().code() != ErrorCode::not_found) from.push_back(begin);
      return std::move(back).error();
    }
    to.push_back(log_.size());
    log_.push_back(*std::move(back));
    return {};
  }

  Replica& replica_;
  std::vector<Written> log_;
  std::vector<std::size_t> done_;  ///< the index in the log where each begins
  std::vector<std::size_t> undone_;
};

}  // namespace relais

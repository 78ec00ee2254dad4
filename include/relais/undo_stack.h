#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "relais/replica.h"

namespace relais {

/// Undo and redo for a form: takes back the writes made through it one after the other, newest
/// first, and makes them again. What others wrote since is left alone. It lasts as long as the
/// object, which must not outlive its replica; Replica::history has what was written before.
/// Threads: one at a time.
class UndoStack {
 public:
  explicit UndoStack(Replica& replica) : replica_(replica) {}

  /// As Replica::write; what it writes can be undone, and what was undone can't be redone any more.
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
  /// Takes back the newest write that isn't taken back. Fails: not_found if there is none, or
  /// nothing is left of it; then the one before it is next.
  Status undo() { return step(done_, undone_); }
  /// Makes again what was taken back last. Fails: likewise.
  Status redo() { return step(undone_, done_); }

 private:
  /// What was written since an entry's begin is that write and pairs that cancelled each other, so
  /// all of it is taken back together.
  Status step(std::vector<std::size_t>& from, std::vector<std::size_t>& to) {
    if (from.empty()) return Error(ErrorCode::not_found, "There is nothing to take back.");
    const std::size_t begin = from.back();
    from.pop_back();
    std::map<DocumentId, std::vector<ChangeId>> documents;
    for (std::size_t i = begin; i < log_.size(); ++i) {
      for (const Written::Change& change : log_[i].changes) {
        documents[change.document].push_back(change.id);
      }
    }
    Result<Written> back = replica_.write([&](Transaction& tx) -> Status {
      for (const auto& [document, changes] : documents) {
        Status undone = tx.undo(document, changes);
        if (!undone) return undone;
      }
      return {};
    });
    if (!back) return std::move(back).error();
    to.push_back(log_.size());
    log_.push_back(*std::move(back));
    return {};
  }

  Replica& replica_;
  std::vector<Written> log_;
  std::vector<std::size_t> done_;  ///< where in the log each begins
  std::vector<std::size_t> undone_;
};

}  // namespace relais

#pragma once

#include <optional>
#include <vector>

#include "access/gate.h"
#include "document/change.h"
#include "replica/control.h"

namespace relais::replica {

/// A block of a log after opening.
struct OpenedBlock {
  std::uint64_t seq = 0;
  bool transaction_end = false;
  crypto::Hash before;          ///< h of the previous position
  std::optional<Bytes> change;  ///< inflated
  store::SetAside reason{};     ///< if there is no change
};

/// A position before its context is resolved: a candidate of its document, or set aside.
struct JudgedPosition {
  store::LocalPosition at;
  Bytes document;  ///< its key; empty if unknown
  std::optional<store::SetAside> aside;
  document::ChangeHeader header;  ///< of a candidate
  Bytes change;                   ///< of a candidate, inflated
  bool may_conflict = false;      ///< as the only change of its document
  bool replaces = false;          ///< as in document::ChangeSummary
  std::vector<document::KindAt> kinds;
};

/// Judges changes without their documents: docs/spec/projection.md, "Judging a transaction".
/// Threads: one at a time.
class Judge {
 public:
  Judge(const Control& control, const store::LogTable& logs, WallTime now)
      : membership_(control.membership), gate_(control.membership), logs_(logs), now_(now) {}

  /// Judges all blocks of one transaction, in order.
  std::vector<JudgedPosition> transaction(const store::LogRow& row,
                                          std::vector<OpenedBlock> blocks);
  /// Judges one change of a transaction that is within its limits.
  JudgedPosition change(const store::LogRow& row, std::uint64_t seq, Bytes change);

  /// The latest stamp of the judged changes, without those too far in the future.
  document::Stamp latest_stamp() const { return latest_stamp_; }

 private:
  const access::Membership& membership_;
  access::Gate gate_;
  const store::LogTable& logs_;
  WallTime now_;
  document::Stamp latest_stamp_;
};

}  // namespace relais::replica

#pragma once

#include <optional>
#include <vector>

#include "access/gate.h"
#include "document/change.h"
#include "replica/control.h"

namespace relais::replica {

/// A block of a log, as it opened.
struct OpenedBlock {
  std::uint64_t seq = 0;
  bool transaction_end = false;
  crypto::Hash before;          ///< h of the place before
  std::optional<Bytes> change;  ///< inflated
  store::SetAside reason{};     ///< why there is none
};

/// What a place is before its context is looked at: a candidate of its document, or set aside.
struct JudgedPlace {
  store::LocalPosition at;
  Bytes document;  ///< its key; empty: not known
  std::optional<store::SetAside> aside;
  document::ChangeHeader header;  ///< of a candidate
  Bytes change;                   ///< of a candidate, inflated
  bool may_conflict = false;      ///< with no other change beside it
  bool replaces = false;          ///< of document::ChangeSummary
  std::vector<document::KindAt> kinds;
};

/// Says of changes what can be said without their documents: docs/spec/projection.md, "Judging a
/// transaction".
/// Owns: nothing. Threads: one at a time.
class Judge {
 public:
  Judge(const Control& control, const store::LogTable& logs, WallTime now)
      : membership_(control.membership), gate_(control.membership), logs_(logs), now_(now) {}

  /// All blocks of one transaction, in order. Takes their bytes.
  std::vector<JudgedPlace> transaction(const store::LogRow& row, std::vector<OpenedBlock> blocks);
  /// One change of a transaction that is within its limits.
  JudgedPlace change(const store::LogRow& row, std::uint64_t seq, Bytes change);

  /// The latest stamp of all candidates that isn't too far ahead to be followed.
  document::Stamp latest_stamp() const { return latest_stamp_; }

 private:
  const access::Membership& membership_;
  access::Gate gate_;
  const store::LogTable& logs_;
  WallTime now_;
  document::Stamp latest_stamp_;
};

}  // namespace relais::replica

#pragma once

#include <map>
#include <vector>

#include "access/membership.h"

namespace relais::access {

/// Per log, the last position that a record's citations cover: docs/spec/access.md, "Citations".
using Covered = std::map<AuthorId, std::uint64_t>;
inline bool covers(const Covered& covered, const AuthorId& author, std::uint64_t seq) {
  const auto known = covered.find(author);
  return known != covered.end() && known->second >= seq;
}

/// The logs of control, each from its first position up to the first gap or fork.
/// Owns: nothing; the records must outlive it.
class ControlLogs {
 public:
  using Log = std::vector<const LocatedRecord*>;  ///< its positions in order, from 1

  explicit ControlLogs(const std::vector<LocatedRecord>& records);

  const std::map<AuthorId, Log>& all() const { return logs_; }
  std::uint64_t length(const AuthorId& author) const;
  /// The number of records after a gap or a fork.
  std::size_t beyond() const { return beyond_; }
  bool holds(const wire::Citation& citation) const;
  /// What a record covers: its own log before it, and each log up to the cited position if that is
  /// held with the cited hash.
  Covered covered(const LocatedRecord& at, const wire::Citations& cited) const;

 private:
  std::map<AuthorId, Log> logs_;
  std::size_t beyond_ = 0;
};

}  // namespace relais::access

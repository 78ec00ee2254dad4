#pragma once

#include <map>
#include <vector>

#include "access/membership.h"

namespace relais::access {

/// How far each log is covered by what a record cites: docs/spec/access.md, "Citations".
using Covered = std::map<AuthorId, std::uint64_t>;
inline bool covers(const Covered& covered, const AuthorId& author, std::uint64_t seq) {
  const auto known = covered.find(author);
  return known != covered.end() && known->second >= seq;
}

/// The logs of control as they are held: each from its first place on, up to the first gap, or the
/// first place with two records.
/// Owns: nothing; the records must outlive it.
class ControlLogs {
 public:
  using Log = std::vector<const PlacedRecord*>;  ///< its places in order, from 1

  explicit ControlLogs(const std::vector<PlacedRecord>& records);

  const std::map<AuthorId, Log>& all() const { return logs_; }
  std::uint64_t length(const AuthorId& author) const;
  /// Records given that stand behind a gap or a fork.
  std::size_t beyond() const { return beyond_; }
  bool holds(const wire::Citation& citation) const;
  /// What the record at a place covers: its own log before it, and each log up to the place it
  /// cites, if that is held and has the hash.
  Covered covered(const PlacedRecord& at, const wire::Citations& cited) const;

 private:
  std::map<AuthorId, Log> logs_;
  std::size_t beyond_ = 0;
};

}  // namespace relais::access

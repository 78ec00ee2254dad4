#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace relais::store {

/// An ordered map that keeps the earlier versions of each key for as long as a reader or a crash
/// may need them (multi-version concurrency control). The cost of a commit is that of its writes,
/// independent of the map's size and of the number of snapshots.
/// Threads: one at a time, under the store's lock.
class VersionedMap {
 public:
  using CommitNumber = std::uint64_t;

  struct Version {
    CommitNumber written = 0;
    std::optional<Bytes> value;  ///< nothing: removed
    bool damaged = false;
  };
  using Keys = std::map<Bytes, std::vector<Version>, std::less<>>;
  using Position = Keys::const_iterator;

  void write(BytesView key, std::optional<Bytes> value, CommitNumber now);
  /// `from` ≤ key < `to`; an empty `to` is the end.
  void remove_range(BytesView from, BytesView to, CommitNumber now);

  /// The version visible at that commit; null if the key did not exist.
  const Version* find(BytesView key, CommitNumber at) const;
  /// The first key ≥ `from` that existed at that commit. A position stays valid while `at` is not
  /// trimmed.
  Position first(BytesView from, CommitNumber at) const;
  Position after(Position position, CommitNumber at) const;
  Position end() const { return keys_.end(); }
  static const Version* visible(const std::vector<Version>& versions, CommitNumber at);

  /// Drops versions that only readers before `oldest` could see.
  void trim(CommitNumber oldest);
  /// Undoes every commit after `last`.
  void roll_back(CommitNumber last);
  /// Damages the value; reading it fails until it is written again. False: no such key.
  bool damage(BytesView key);
  /// Number of versions of all keys; for tests.
  std::size_t version_count() const;

 private:
  struct Outdated {
    CommitNumber since;
    Bytes key;
  };

  void write_at(Keys::iterator key, std::optional<Bytes> value, CommitNumber now);
  Position skip_absent(Position position, CommitNumber at) const;

  Keys keys_;
  std::deque<Outdated> outdated_;  ///< in the order of `since`
};

}  // namespace relais::store

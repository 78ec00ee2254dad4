#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace relais::store {

/// An ordered map that remembers what each key was at earlier commits, for as long as a reader or
/// a crash may still ask (multi-version concurrency control). A commit costs what it writes,
/// however much the map holds and however many snapshots there are.
/// Threads: one at a time; the store's lock is around it.
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

  /// What the key was at that commit; null if it was not there.
  const Version* find(BytesView key, CommitNumber at) const;
  /// The first key ≥ `from` that was there at that commit. A position stays good while `at` is
  /// not trimmed.
  Position first(BytesView from, CommitNumber at) const;
  Position after(Position position, CommitNumber at) const;
  Position end() const { return keys_.end(); }
  static const Version* visible(const std::vector<Version>& versions, CommitNumber at);

  /// Forgets what only readers before `oldest` could see.
  void trim(CommitNumber oldest);
  /// Undoes every commit after `last`.
  void roll_back(CommitNumber last);
  /// Whether there is such a key to damage; reading it is refused until it is written again.
  bool damage(BytesView key);
  /// Of all keys: how much is kept, for tests.
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

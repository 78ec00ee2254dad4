#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "document/types.h"

namespace relais::document {

/// A dot inside one state, in 8 bytes: its change is a number of the state's ChangeTable.
struct LocalDot {
  std::uint32_t change = 0;
  std::uint32_t index : 31 = 0;
  std::uint32_t hidden : 1 = 0;  ///< a Keep or Restore that a mark hides; not part of the id

  bool same(const LocalDot& other) const { return change == other.change && index == other.index; }
};

/// The largest stamp: of a change that is only referenced.
inline constexpr Stamp kNoStamp{~std::uint64_t{0}};

/// The positions that a state's dots name, with the stamps of their changes. Numbers follow the
/// order of arrival and are local to the state.
class ChangeTable {
 public:
  struct Entry {
    Position position;
    Stamp stamp;  ///< of a by-content change: its carriers' smallest
  };

  std::uint32_t intern(const Position& position, Stamp stamp = kNoStamp);
  LocalDot intern(const Dot& dot) { return {intern(Position{dot.author, dot.seq}), dot.index, 0}; }
  std::optional<LocalDot> find(const Dot& dot) const;
  /// Without a search; positions must be ascending.
  void append(const Position& position, Stamp stamp);

  const Entry& operator[](std::uint32_t change) const { return entries_[change]; }
  std::size_t size() const { return entries_.size(); }
  /// The numbers, sorted by position.
  std::span<const std::uint32_t> sorted() const { return {sorted_.data(), sorted_.size()}; }

  Dot global(const LocalDot& dot) const {
    const Position& position = entries_[dot.change].position;
    return {position.author, position.seq, dot.index};
  }
  const AuthorId& author(const LocalDot& dot) const { return entries_[dot.change].position.author; }
  bool less(const LocalDot& a, const LocalDot& b) const {
    if (a.change == b.change) return a.index < b.index;
    return entries_[a.change].position < entries_[b.change].position;
  }

 private:
  std::size_t lower_bound(const Position& position) const;

  // Most documents have one or two changes.
  boost::container::small_vector<Entry, 2> entries_;
  boost::container::small_vector<std::uint32_t, 4> sorted_;
};

}  // namespace relais::document

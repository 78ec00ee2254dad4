#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "document/types.h"

namespace relais::document {

/// A dot inside one state: its change by number, so that 8 bytes do.
struct LocalDot {
  std::uint32_t change = 0;
  std::uint32_t index : 31 = 0;
  std::uint32_t hidden : 1 = 0;  ///< of a Keep or a Restore, under a mark; no part of its name

  bool same(const LocalDot& other) const { return change == other.change && index == other.index; }
};

/// The positions that a state's dots name, each with the stamp of its change. Numbers are given in
/// the order of arrival, and mean nothing outside the state.
class ChangeTable {
 public:
  struct Entry {
    Position position;
    Stamp stamp;  ///< zero while only references to the position are known
  };

  std::uint32_t intern(const Position& position, Stamp stamp = {});
  LocalDot intern(const Dot& dot) { return {intern(Position{dot.author, dot.seq}), dot.index, 0}; }
  std::optional<LocalDot> find(const Dot& dot) const;
  /// A by-content change has the smallest stamp of its carriers.
  void lower_stamp(std::uint32_t change, Stamp stamp) {
    entries_[change].stamp = std::min(entries_[change].stamp, stamp);
  }
  /// Positions in ascending order only: without a search.
  void append(const Position& position, Stamp stamp);

  const Entry& operator[](std::uint32_t change) const { return entries_[change]; }
  std::size_t size() const { return entries_.size(); }
  /// Numbers in the order of their positions.
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

  // Most documents are of one change or two.
  boost::container::small_vector<Entry, 2> entries_;
  boost::container::small_vector<std::uint32_t, 4> sorted_;
};

}  // namespace relais::document

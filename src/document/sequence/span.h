#pragma once

#include <cstdint>
#include <string_view>

#include "document/change_table.h"
#include "document/small_vector.h"

namespace relais::document {

/// Units of consecutive indices of one change that stand in a row, each the right child of the one
/// before it, all with one right origin. 56 bytes.
struct Span {
  LocalDot first;
  std::uint32_t length : 29 = 0;
  std::uint32_t deleted : 1 = 0;  ///< texts only; a list's element lives by what is below it
  std::uint32_t hidden : 1 = 0;   ///< texts only: a deletion's mark covers it; its text stays
  std::uint32_t is_left : 1 = 0;  ///< its first unit is a left child of `right`; else, of `left`
  std::uint32_t text = 0;         ///< where its bytes start in the sequence's buffer
  std::uint32_t bytes = 0;
  LocalDot left;   ///< of its first unit: the nearest unit in whose right subtree it is
  LocalDot right;  ///< the right origin
  // How often the way from the root to its first unit turns left, and right. Of the units behind it
  // each turns right once more.
  std::int32_t lefts = 0;
  std::int32_t rights = 0;
  std::int32_t before = -1;  ///< in reading order
  std::int32_t after = -1;
  std::int32_t leaf = -1;  ///< of the tree, if there is one

  LocalDot unit(std::uint32_t offset) const { return {first.change, first.index + offset, 0}; }
  std::uint32_t last_offset() const { return std::uint32_t{length} - 1; }
  LocalDot last() const { return unit(last_offset()); }
  std::uint32_t visible() const { return deleted != 0 || hidden != 0 ? 0 : length; }
};
/// Most lists are of one.
using Spans = boost::container::small_vector<Span, 1>;

inline constexpr std::int32_t kNoSpan = -1;

// What stands for a unit where there is none.
inline constexpr LocalDot kBorder{0xffffffff, 0, 0};    ///< left: the start; right: the end
inline constexpr LocalDot kDetached{0xfffffffe, 0, 0};  ///< left, of what stands after all else

/// Units in the order of their changes' numbers, then of their indices: no order of a text.
inline std::uint64_t key_of(const LocalDot& unit) {
  return std::uint64_t{unit.change} << 32 | unit.index;
}

inline bool is_unit(const LocalDot& dot) { return dot.change < kDetached.change; }

}  // namespace relais::document

#pragma once

#include <cstdint>
#include <string_view>

#include "document/change_table.h"
#include "document/small_vector.h"

namespace relais::document {

/// Adjacent units with consecutive indices of one change, each the right child of the one before
/// it, all with one right origin. 56 bytes.
struct Span {
  LocalDot first;
  std::uint32_t length : 29 = 0;
  std::uint32_t deleted : 1 = 0;  ///< texts only; a list's element is live by its content
  std::uint32_t hidden : 1 = 0;   ///< texts only: a mark covers it; its text is kept
  std::uint32_t is_left : 1 =
      0;                   ///< first unit: a left child of `right`, else a right child of `left`
  std::uint32_t text = 0;  ///< offset of its bytes in the sequence's buffer
  std::uint32_t bytes = 0;
  LocalDot left;   ///< the nearest unit with its first unit in the right subtree
  LocalDot right;  ///< the right origin
  // Left and right turns on the path from the root to its first unit. Each later unit has one right
  // turn more.
  std::int32_t lefts = 0;
  std::int32_t rights = 0;
  std::int32_t before = -1;  ///< in reading order
  std::int32_t after = -1;
  std::int32_t leaf = -1;  ///< in the SpanTree, if there is one

  LocalDot unit(std::uint32_t offset) const { return {first.change, first.index + offset, 0}; }
  std::uint32_t last_offset() const { return std::uint32_t{length} - 1; }
  LocalDot last() const { return unit(last_offset()); }
  std::uint32_t visible() const { return deleted != 0 || hidden != 0 ? 0 : length; }
};
/// Most lists have one span.
using Spans = boost::container::small_vector<Span, 1>;

inline constexpr std::int32_t kNoSpan = -1;

// Values in place of a unit.
inline constexpr LocalDot kBorder{0xffffffff, 0, 0};  ///< left: the start; right: the end
inline constexpr LocalDot kDetached{0xfffffffe, 0,
                                    0};  ///< `left` of detached spans, which are read last

/// Sorts units by change number, then index. This is not the reading order.
inline std::uint64_t key_of(const LocalDot& unit) {
  return std::uint64_t{unit.change} << 32 | unit.index;
}

inline bool is_unit(const LocalDot& dot) { return dot.change < kDetached.change; }

}  // namespace relais::document

#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace relais::document {

/// Replaces `removed` units at `position` of the old text by `inserted` units at `from` of the new.
struct Splice {
  std::size_t position;
  std::size_t removed;
  std::size_t from;
  std::size_t inserted;
};

/// The fewest insertions and removals that turn one text into the other, from front to back (Myers,
/// "An O(ND) Difference Algorithm and Its Variations", 1986). Texts that differ in more than
/// `kMaxEdits` places get one splice for all between what they share at both ends: so the cost is
/// at most kMaxEdits² steps and four times as many bytes, beside one walk over both texts.
inline constexpr int kMaxEdits = 1024;
std::vector<Splice> diff(std::u32string_view from, std::u32string_view to);

}  // namespace relais::document

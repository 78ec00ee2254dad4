#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace relais::document {

/// Replaces `removed` code points at `position` of the old text by `inserted` ones at `from` of the
/// new text.
struct Splice {
  std::size_t position;
  std::size_t removed;
  std::size_t from;
  std::size_t inserted;
};

/// A shortest edit script from one text to the other, from front to back (Myers, "An O(ND)
/// Difference Algorithm and Its Variations", 1986). Texts that need more than kMaxEdits edits get
/// one splice for all between their common prefix and suffix. So the cost is at most kMaxEdits²
/// steps and four times as many bytes, plus one pass over both texts.
inline constexpr int kMaxEdits = 1024;
std::vector<Splice> diff(std::u32string_view from, std::u32string_view to);

}  // namespace relais::document

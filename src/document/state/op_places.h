#pragma once

#include <algorithm>
#include <cstdint>

#include "document/change.h"
#include "document/utf8.h"

/// Paths and indices of a change's ops.
namespace relais::document {

/// Whether `path` is `above` or below it.
inline bool is_within(const Path& path, const Path& above) {
  return above.size() <= path.size() && std::equal(above.begin(), above.end(), path.begin());
}

/// How many indices of its change an op takes.
inline std::uint32_t indices_of(const Op& op) {
  const auto* text = std::get_if<op::InsertText>(&op.what);
  return text != nullptr ? static_cast<std::uint32_t>(count_code_points(text->text)) : 1;
}

}  // namespace relais::document

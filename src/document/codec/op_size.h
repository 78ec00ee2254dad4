#pragma once

#include <cstddef>

#include "document/change.h"

namespace relais::document {

inline constexpr std::size_t kDotBytes = 14;  ///< the largest dot in a change

/// An upper bound of an op's encoded size.
std::size_t op_bytes(const Path& path, const decltype(Op::what)& what);

}  // namespace relais::document

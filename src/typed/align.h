#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Which element of a list, as it was, each element of it, as it is to be, once was.
namespace relais::typed {

struct Item {
  std::string id;             ///< empty: it has none
  std::uint32_t content = 0;  ///< equal numbers: equal elements
};

/// Of each item of `after` its place in `before`; none: it is new. Those with an id are matched by
/// it; of the others a longest common subsequence of equal ones, then equal ones elsewhere (they
/// moved), then those between the same two equal ones, in order (they were edited). For lists that
/// differ in more than about 2 000 × 2 000 places the subsequence is only what both share at their
/// ends.
std::vector<std::optional<std::size_t>> align(const std::vector<Item>& before,
                                              const std::vector<Item>& after);

/// A longest ascending subsequence: which places of it stay where they are (Fredman, "On computing
/// the length of longest increasing subsequences", 1975).
std::vector<bool> ascending(const std::vector<std::size_t>& places);

}  // namespace relais::typed

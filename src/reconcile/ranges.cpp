#include "reconcile/ranges.h"

#include <string>

#include "base/limits.h"

namespace relais::reconcile {
namespace {

/// The first author of a range; its bits are the id's first.
AuthorId first_author(std::uint8_t depth, std::uint16_t range) {
  AuthorId first;
  const auto bits = static_cast<std::uint16_t>(range << (16 - depth));
  first.data()[0] = static_cast<std::uint8_t>(bits >> 8);
  first.data()[1] = static_cast<std::uint8_t>(bits);
  return first;
}

}  // namespace

Error bad_vector(const char* what) {
  return {ErrorCode::peer_misbehaved,
          std::string("The other device sent a bad vector: ").append(what)};
}

std::uint16_t range_of(const AuthorId& author, std::uint8_t depth) {
  const auto bits = static_cast<std::uint16_t>(author.data()[0] << 8 | author.data()[1]);
  return depth == 0 ? 0 : static_cast<std::uint16_t>(bits >> (16 - depth));
}

std::pair<Heads::const_iterator, Heads::const_iterator> in_range(const Heads& heads,
                                                                 std::uint8_t depth,
                                                                 std::uint16_t range) {
  if (depth == 0) return {heads.begin(), heads.end()};
  const bool is_last = range + 1 == 1 << depth;
  const auto next = static_cast<std::uint16_t>(range + 1);
  return {heads.lower_bound(first_author(depth, range)),
          is_last ? heads.end() : heads.lower_bound(first_author(depth, next))};
}

// 2^depth roots of 8 bytes, and a range's logs of about 26 bytes: together least where both are
// about equal.
std::uint8_t best_depth(std::size_t logs) {
  static constexpr std::size_t kRootsPerLog = 3;  // 26 / 8
  std::uint8_t depth = 0;
  while (depth < limits::kRangeDepth && std::size_t{1} << (2 * depth + 1) < kRootsPerLog * logs) {
    ++depth;
  }
  return depth;
}

}  // namespace relais::reconcile

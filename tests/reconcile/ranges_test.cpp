#include "reconcile/ranges.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

AuthorId author_beginning_with(std::uint32_t first, std::uint32_t second, std::uint8_t rest) {
  AuthorId id = *AuthorId::from(Bytes(AuthorId::kSize, static_cast<char>(rest)));
  id.data()[0] = static_cast<std::uint8_t>(first);
  id.data()[1] = static_cast<std::uint8_t>(second);
  return id;
}

/// The first and the last author of each range at the greatest depth, and authors between.
Heads authors_at_all_edges() {
  Heads heads = heads_of(3000);
  for (std::uint32_t first = 0; first < 256; ++first) {
    heads.emplace(author_beginning_with(first, 0, 0), head(1));
    heads.emplace(author_beginning_with(first, 255, 255), head(1));
  }
  return heads;
}

TEST(Ranges, DivideAllAuthorsAtEveryDepth) {
  const Heads heads = authors_at_all_edges();
  for (std::uint8_t depth = 0; depth <= limits::kRangeDepth; ++depth) {
    auto next = heads.begin();
    for (std::uint32_t range = 0; range < 1U << depth; ++range) {
      const auto [from, to] = in_range(heads, depth, static_cast<std::uint16_t>(range));
      ASSERT_TRUE(from == next) << "range " << range << " at depth " << int{depth};
      for (auto at = from; at != to; ++at) {
        ASSERT_EQ(range_of(at->first, depth), range) << to_hex(at->first.view());
      }
      ASSERT_FALSE(from == to);
      next = to;
    }
    EXPECT_TRUE(next == heads.end()) << "depth " << int{depth};
  }
}

TEST(Ranges, AreTheFirstBitsOfAnAuthorsId) {
  const AuthorId one = author_beginning_with(0xb5, 0x7f, 0x33);  // 1011 0101
  EXPECT_EQ(range_of(one, 0), 0u);
  EXPECT_EQ(range_of(one, 1), 1u);
  EXPECT_EQ(range_of(one, 3), 5u);
  EXPECT_EQ(range_of(one, 8), 0xb5u);
}

TEST(Ranges, OfNoAuthorsAreEmpty) {
  const Heads none;
  for (std::uint8_t depth = 0; depth <= limits::kRangeDepth; ++depth) {
    const auto [from, to] = in_range(none, depth, 0);
    EXPECT_TRUE(from == none.end() && to == none.end());
  }
}

TEST(Ranges, AreMoreForMoreLogsUpToALimit) {
  EXPECT_EQ(best_depth(0), 0u);
  EXPECT_EQ(best_depth(1), 1u);
  std::uint8_t last = 0;
  for (std::size_t logs = 1; logs <= limits::kLogsPerStage; logs = logs * 3 / 2 + 1) {
    const std::uint8_t depth = best_depth(logs);
    EXPECT_GE(depth, last) << logs;
    last = depth;
  }
  EXPECT_EQ(last, limits::kRangeDepth);
}

// The bytes of one difference's comparison: all roots, and the logs of one range.
TEST(Ranges, AreAsManyAsTakeTheFewestBytes) {
  const auto bytes = [](std::size_t logs, std::size_t depth) {
    const auto ranges = static_cast<double>(1U << depth);
    return ranges * 8 + static_cast<double>(logs) / ranges * 26;
  };
  for (const std::size_t logs : {3u, 17u, 50u, 200u, 1000u, 5000u, 20'000u}) {
    const double chosen = bytes(logs, best_depth(logs));
    for (std::size_t depth = 0; depth <= limits::kRangeDepth; ++depth) {
      EXPECT_LE(chosen, bytes(logs, depth) * 1.1) << logs << " logs, depth " << depth;
    }
  }
}

}  // namespace
}  // namespace relais::reconcile

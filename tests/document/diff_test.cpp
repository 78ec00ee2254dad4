#include "document/edit/diff.h"

#include <gtest/gtest.h>

#include <string>

namespace relais::document {
namespace {

std::u32string patched(std::u32string from, std::u32string_view to,
                       const std::vector<Splice>& splices) {
  for (auto splice = splices.rbegin(); splice != splices.rend(); ++splice) {
    from.replace(splice->position, splice->removed, to.substr(splice->from, splice->inserted));
  }
  return from;
}

std::size_t cost(const std::vector<Splice>& splices) {
  std::size_t units = 0;
  for (const Splice& splice : splices) units += splice.removed + splice.inserted;
  return units;
}

/// The edit distance by dynamic programming.
std::size_t distance(std::u32string_view a, std::u32string_view b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        table[i][j] = i + j;
      } else if (a[i - 1] == b[j - 1]) {
        table[i][j] = table[i - 1][j - 1];
      } else {
        table[i][j] = 1 + std::min(table[i - 1][j], table[i][j - 1]);
      }
    }
  }
  return table[a.size()][b.size()];
}

TEST(Diff, FindsTheFewestEditsBetweenAllShortTexts) {
  std::vector<std::u32string> texts{U""};
  for (std::size_t i = 0; texts[i].size() < 5; ++i) {
    for (const char32_t c : {U'a', U'b', U'ж'}) texts.push_back(texts[i] + c);
  }
  for (std::size_t i = 0; i < texts.size(); i += 3) {
    for (std::size_t j = 0; j < texts.size(); j += 5) {
      const auto splices = diff(texts[i], texts[j]);
      ASSERT_EQ(patched(texts[i], texts[j], splices), texts[j]);
      ASSERT_EQ(cost(splices), distance(texts[i], texts[j]));
    }
  }
}

TEST(Diff, EqualTextsNeedNothing) { EXPECT_TRUE(diff(U"same", U"same").empty()); }

TEST(Diff, TextsThatDifferInTooManyPlacesAreReplacedWhereTheyDiffer) {
  const auto differing = [](std::size_t edits) {
    std::u32string from = U"<";
    std::u32string to = U"<";
    for (std::size_t i = 0; i < edits; ++i) {
      from += U"..";
      to += U"+..";
    }
    from += U">";
    to += U"+>";
    return diff(from, to);
  };
  EXPECT_EQ(differing(kMaxEdits - 1).size(), std::size_t{kMaxEdits});
  const auto all = differing(kMaxEdits);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].position, 1U);
}

}  // namespace
}  // namespace relais::document

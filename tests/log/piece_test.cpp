#include "log/piece.h"

#include <gtest/gtest.h>

#include "log/author.h"
#include "log/entry.h"

namespace relais::log {
namespace {

const Entry kFirst{false, "first block"};
const Entry kSecond{true, "second block"};
const Entry kThird{true, "third block"};

Piece piece_of(const std::vector<std::pair<Entry, Bytes>>& entries) {
  PieceWriter writer(TestAuthor().log, 4);
  for (const auto& [entry, run] : entries) writer.add(entry, run);
  return std::move(writer).finish();
}

struct PieceCutBack : ::testing::Test {
  PieceWriter writer{TestAuthor().log, 4};

  void expect_is(const std::vector<std::pair<Entry, Bytes>>& entries) {
    const Piece expected = piece_of(entries);
    EXPECT_EQ(writer.size(), expected.entries.size());
    const Piece piece = std::move(writer).finish();
    EXPECT_EQ(piece.entries, expected.entries);
    EXPECT_EQ(piece.log, expected.log);
    EXPECT_EQ(piece.first_seq, 4u);
    EXPECT_EQ(block_count(piece.entries), entries.size());
  }
};

TEST_F(PieceCutBack, ForgetsWhatWasAddedSinceTheMark) {
  writer.add(kFirst, "run 1");
  writer.add(kSecond, "run 1");
  const auto mark = writer.mark();
  writer.add(kThird, "run 1");
  writer.cut(mark);
  expect_is({{kFirst, "run 1"}, {kSecond, "run 1"}});
}

TEST_F(PieceCutBack, GoesOnInTheRunOfTheMark) {
  writer.add(kFirst, "run 1");
  const auto mark = writer.mark();
  writer.add(kSecond, "run 2");
  writer.cut(mark);
  writer.add(kSecond, "run 1");
  writer.add(kThird, "run 2");
  expect_is({{kFirst, "run 1"}, {kSecond, "run 1"}, {kThird, "run 2"}});
}

TEST_F(PieceCutBack, WritesARunsHeaderAgainThatWasCutOff) {
  writer.add(kFirst, "run 1");
  const auto mark = writer.mark();
  writer.add(kSecond, "run 2");
  writer.cut(mark);
  writer.add(kThird, "run 2");
  expect_is({{kFirst, "run 1"}, {kThird, "run 2"}});
}

TEST_F(PieceCutBack, ToItsStartIsEmptyAndBeginsWithARunsHeader) {
  const auto start = writer.mark();
  writer.add(kFirst, "run 1");
  writer.cut(start);
  EXPECT_EQ(writer.size(), 0u);
  writer.add(kSecond, "run 1");
  expect_is({{kSecond, "run 1"}});
}

TEST_F(PieceCutBack, ToItsEndIsAsItWas) {
  writer.add(kFirst, "run 1");
  writer.cut(writer.mark());
  expect_is({{kFirst, "run 1"}});
}

TEST_F(PieceCutBack, CanBeCutToOneMarkTwiceAndThenToAnEarlierOne) {
  writer.add(kFirst, "run 1");
  const auto early = writer.mark();
  writer.add(kSecond, "run 2");
  const auto late = writer.mark();
  for (int time = 0; time < 2; ++time) {
    writer.add(kThird, "run 3");
    writer.cut(late);
    EXPECT_EQ(writer.size(), late.size);
  }
  writer.cut(early);
  writer.add(kThird, "run 1");
  expect_is({{kFirst, "run 1"}, {kThird, "run 1"}});
}

}  // namespace
}  // namespace relais::log

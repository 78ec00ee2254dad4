#include "document/types.h"

#include "base/limits.h"
#include "document/making.h"

namespace relais::document {
namespace {

TEST(Stamp, TheClockOfADeviceNeverGoesBack) {
  const Stamp first = tick({}, WallTime{1000});
  EXPECT_EQ(first.bits, 1000ULL << 16);
  EXPECT_EQ(tick(first, WallTime{1000}).bits, first.bits + 1);
  EXPECT_EQ(tick(first, WallTime{5}).bits, first.bits + 1);
  EXPECT_EQ(tick(first, WallTime{-5}).bits, first.bits + 1);
  EXPECT_EQ(tick(first, WallTime{1001}).bits, 1001ULL << 16);
  EXPECT_EQ(tick(Stamp{~0ULL}, WallTime{1001}).bits, ~0ULL);
}

TEST(Stamp, AStampMoreThanADayAheadDoesNotAdvanceOurs) {
  const std::int64_t day = 24 * 60 * 60 * 1000;
  const Stamp ours = tick({}, WallTime{1000});
  const Stamp a_day_ahead{static_cast<std::uint64_t>(1000 + day) << 16 | 7};
  const Stamp too_far{static_cast<std::uint64_t>(1001 + day) << 16};
  EXPECT_EQ(observe(ours, a_day_ahead, WallTime{1000}), a_day_ahead);
  EXPECT_EQ(observe(ours, too_far, WallTime{1000}), ours);
  EXPECT_EQ(observe(ours, Stamp{1}, WallTime{1000}), ours);
}

TEST(Context, KeepsTheLargestPositionOfEachAuthor) {
  Context context;
  context.advance(author('b'), 3);
  context.advance(author('a'), 2);
  context.advance(author('b'), 1);
  context.advance(author('c'), 0);
  ASSERT_EQ(context.entries().size(), 2U);
  EXPECT_EQ(context.entries()[0], (Position{author('a'), 2}));
  EXPECT_EQ(context.last(author('b')), 3U);
  EXPECT_EQ(context.last(author('c')), 0U);
  EXPECT_TRUE(context.covers(Dot{author('b'), 3, 99}));
  EXPECT_FALSE(context.covers(author('b'), 4));
  Context more = context;
  more.advance(author('a'), 9);
  EXPECT_TRUE(more.covers(context));
  EXPECT_FALSE(context.covers(more));
}

TEST(Address, NamesAreCheckedAtTheirLimits) {
  const std::string collection(limits::kCollectionBytes, 'c');
  const std::string id(limits::kDocumentIdBytes, 'i');
  EXPECT_TRUE(check_address({collection, id}));
  EXPECT_TRUE(check_address({"болни", "№ 7"}));
  for (const Address& bad :
       {Address{"", id}, Address{collection, ""}, Address{collection + "c", id},
        Address{collection, id + "i"}, Address{"a/b", id}, Address{"a", "b\n"},
        Address{"a\x7f", "b"}, Address{"a", "\xff"}}) {
    EXPECT_EQ(check_address(bad).error().code(), ErrorCode::invalid_argument);
  }
  EXPECT_EQ(
      message(check_address({"a/b", "x"})),
      "A collection's name must be 1 to 64 bytes of UTF-8 without '/' or control characters.");
  EXPECT_EQ(message(check_address({"a", ""})),
            "A document's id must be 1 to 128 bytes of UTF-8 without '/' or control characters.");
}

}  // namespace
}  // namespace relais::document

#include "session/inner.h"

#include <gtest/gtest.h>

#include <vector>

#include "session/deframer.h"

namespace relais::session {
namespace {

TEST(Padding, SizesAreThoseOfPadmeFromThirtyTwoUp) {
  EXPECT_EQ(padded_size(0), 32u);
  EXPECT_EQ(padded_size(32), 32u);
  EXPECT_EQ(padded_size(33), 36u);
  EXPECT_EQ(padded_size(100), 104u);
  EXPECT_EQ(padded_size(1000), 1024u);
  EXPECT_EQ(padded_size(1024), 1024u);
  EXPECT_EQ(padded_size(1025), 1088u);
  EXPECT_EQ(padded_size(kFullPlainBytes), kFullPlainBytes);
}

TEST(Padding, AddsAtMostTwelvePercentAndIsAFixedPoint) {
  for (std::size_t size = 33; size < 70000; ++size) {
    const std::size_t padded = padded_size(size);
    ASSERT_GE(padded, size);
    ASSERT_LE(padded * 100, size * 112) << size;
    ASSERT_EQ(padded_size(padded), padded) << size;
  }
}

TEST(Inner, GivesBackContentThatEndsInZeros) {
  for (const Bytes& content :
       {Bytes(), Bytes("x"), Bytes(40, '\0'), Bytes(31, 'x'), Bytes(32, 'x')}) {
    Bytes plain = "before";
    plain += content;
    close_inner(plain, 6, InnerType::data, 100);
    plain.erase(0, 6);
    EXPECT_EQ(plain.size(), padded_size(content.size() + 1));
    const auto inner = open_inner(plain);
    ASSERT_TRUE(inner.has_value());
    EXPECT_EQ(inner->content, content);
    EXPECT_EQ(inner->type, InnerType::data);
  }
}

TEST(Inner, WithoutATypeOrWithAnUnknownOneIsRefused) {
  EXPECT_FALSE(open_inner("").has_value());
  EXPECT_FALSE(open_inner(Bytes(32, '\0')).has_value());
  EXPECT_FALSE(open_inner("content\x04").has_value());
  EXPECT_FALSE(open_inner("content\xff").has_value());
  EXPECT_TRUE(open_inner("\x03").has_value());
}

TEST(Inner, IsNeverLongerThanItsLimit) {
  Bytes plain(4000 - 1, 'x');
  close_inner(plain, 0, InnerType::data, 4000);
  EXPECT_EQ(plain.size(), 4000u);
}

TEST(Deframer, FindsTheUnitsInAnyPortions) {
  const Bytes wire("\0\3abc\0\0\0\1d", 10);
  for (std::size_t portion = 1; portion <= wire.size(); ++portion) {
    Deframer deframer;
    std::vector<Bytes> units;
    for (std::size_t at = 0; at < wire.size(); at += portion) {
      BytesView rest = BytesView(wire).substr(at, portion);
      BytesView unit;
      while (deframer.next(rest, 3, unit) == Deframer::Found::unit) units.emplace_back(unit);
      EXPECT_TRUE(rest.empty());
    }
    EXPECT_EQ(units, (std::vector<Bytes>{"abc", "", "d"})) << portion;
    EXPECT_EQ(deframer.buffered(), 0u);
  }
}

TEST(Deframer, RefusesALengthBeyondTheLimitAndKeepsNothingOfIt) {
  for (const std::size_t portion : {std::size_t{1}, std::size_t{1000}}) {
    Deframer deframer;
    const Bytes wire = Bytes("\0\4", 2) + Bytes(500, 'x');
    Deframer::Found found = Deframer::Found::need_more;
    for (std::size_t at = 0; at < wire.size() && found == Deframer::Found::need_more;
         at += portion) {
      BytesView rest = BytesView(wire).substr(at, portion);
      BytesView unit;
      found = deframer.next(rest, 3, unit);
    }
    EXPECT_EQ(found, Deframer::Found::too_long);
    EXPECT_LE(deframer.buffered(), 2u);
  }
}

}  // namespace
}  // namespace relais::session

#include "access/text_code.h"

#include <gmock/gmock.h>

#include "access/small_space.h"

namespace relais::access {
namespace {

using ::testing::Optional;

TEST(TextCode, OfAKnownWordIsWhatOtherImplementationsGive) {
  EXPECT_EQ(to_text_code("foobar", 100), "CSQPYRK1E8");
  EXPECT_THAT(from_text_code("csqpyrk1e8"), Optional(Bytes("foobar")));
}

TEST(TextCode, RoundTripsAtEveryLength) {
  test::SeededRandom random(1);
  for (std::size_t size = 0; size < 80; ++size) {
    const Bytes bytes = random.bytes(size);
    for (const std::size_t group : {4U, 5U}) {
      const std::string text = to_text_code(bytes, group);
      EXPECT_THAT(from_text_code(normalise_text_code(text)), Optional(bytes)) << text;
    }
  }
}

TEST(TextCode, HasADashBetweenGroupsAndNoneAtTheEnd) {
  EXPECT_EQ(to_text_code("foobar", 5), "CSQPY-RK1E8");
  EXPECT_EQ(to_text_code("foobar", 4), "CSQP-YRK1-E8");
  EXPECT_EQ(to_text_code("", 5), "");
}

TEST(TextCode, ReadsWhatHandwritingAndMailProgramsMakeOfIt) {
  EXPECT_EQ(normalise_text_code("CSQPY-RK1E8"), "csqpyrk1e8");
  EXPECT_EQ(normalise_text_code(" csqpy \t rkLe8\r\n"), "csqpyrk1e8");
  EXPECT_EQ(normalise_text_code("csqpy\xE2\x80\x93rkIe8\xC2\xA0"), "csqpyrk1e8");
  EXPECT_EQ(normalise_text_code("oOiIlL"), "001111");
}

TEST(TextCode, WithAStrangeDigitIsNoCode) {
  EXPECT_EQ(from_text_code("csqpyrk1e!"), std::nullopt);
  EXPECT_EQ(from_text_code("csqpyrk1eu"), std::nullopt) << "U is not in the alphabet";
  EXPECT_EQ(from_text_code(std::string_view("csqpyrk1e\0", 10)), std::nullopt);
  EXPECT_EQ(from_text_code("csqpyrk1e\xE2"), std::nullopt);
}

TEST(TextCode, HasOneFormOnlyForEachByteString) {
  EXPECT_EQ(from_text_code("csqpyrk1e9"), std::nullopt) << "an unused bit is set";
  EXPECT_EQ(from_text_code("csqpyrk1e80"), std::nullopt) << "a digit that adds no byte";
}

}  // namespace
}  // namespace relais::access

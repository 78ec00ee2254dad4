#include "base/coding.h"

#include <gtest/gtest.h>

#include <limits>

namespace relais {
namespace {

TEST(Coding, EveryIntegerComesBackAsItWasWritten) {
  for (int shift = 0; shift < 64; ++shift) {
    for (const std::uint64_t value : {(std::uint64_t{1} << shift) - 1, std::uint64_t{1} << shift}) {
      Bytes out;
      put_varint(out, value);
      put_signed(out, static_cast<std::int64_t>(value));
      put_u64(out, value);
      put_u32(out, static_cast<std::uint32_t>(value));
      Reader in(out);
      EXPECT_EQ(in.varint(), value);
      EXPECT_EQ(in.zigzag(), static_cast<std::int64_t>(value));
      EXPECT_EQ(in.u64(), value);
      EXPECT_EQ(in.u32(), static_cast<std::uint32_t>(value));
      EXPECT_TRUE(in.finished());
    }
  }
}

TEST(Coding, TheLargestVarintIsReadAndOneMoreBitIsRefused) {
  const Bytes largest = Bytes(9, '\xff') + '\x01';
  EXPECT_EQ(Reader(largest).varint(), std::numeric_limits<std::uint64_t>::max());
  const Bytes larger = Bytes(9, '\xff') + '\x02';
  Reader over(larger);
  over.varint();
  EXPECT_FALSE(over.ok());
}

TEST(Coding, APaddedVarintIsRefusedSoThatEachNumberHasOneEncoding) {
  const Bytes padded("\x80\x00", 2);
  Reader in(padded);
  in.varint();
  EXPECT_FALSE(in.ok());
}

TEST(Coding, ASizedStringIsReadAtItsLimitAndRefusedBeyondIt) {
  Bytes out;
  put_sized(out, Bytes(10, 'x'));
  EXPECT_EQ(Reader(out).sized(10).size(), 10u);
  Reader over(out);
  over.sized(9);
  EXPECT_FALSE(over.ok());
}

TEST(Coding, AFaultSticksAndReadsGiveZeros) {
  Reader in("\x05");
  EXPECT_TRUE(in.take(2).empty());
  EXPECT_EQ(in.byte(), 0);
  EXPECT_EQ(in.u64(), 0u);
  EXPECT_FALSE(in.ok());
}

TEST(Bytes, HexGoesBothWaysAndRefusesWhatIsNotHex) {
  EXPECT_EQ(to_hex(Bytes("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(from_hex("00FF10"), Bytes("\x00\xff\x10", 3));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

}  // namespace
}  // namespace relais

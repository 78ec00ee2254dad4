#include <cmath>
#include <limits>

#include "base/limits.h"
#include "document/codec/value_code.h"
#include "document/making.h"

namespace relais::document {
namespace {

struct Coded {
  int code;
  std::size_t bytes;
};

Coded round_trip(const Value& value) {
  Bytes text;
  Bytes numbers;
  const CodedValue coded = code_value(value);
  put_payload(coded, numbers, text);
  Reader numbers_in(numbers);
  Reader text_in(text);
  const Value back = read_value(coded.code, numbers_in, text_in);
  EXPECT_TRUE(numbers_in.finished() && text_in.finished());
  EXPECT_EQ(compare(back, value), 0) << to_json(value);
  return {coded.code, text.size() + numbers.size()};
}

TEST(Value, EveryIntegerHasItsShortestForm) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{255}, std::int64_t{256}, std::int64_t{65535},
        std::int64_t{65536}, std::int64_t{1} << 32, std::numeric_limits<std::int64_t>::max(),
        std::int64_t{-1}, std::int64_t{-256}, std::int64_t{-257},
        std::numeric_limits<std::int64_t>::min()}) {
    round_trip(value);
  }
  EXPECT_EQ(round_trip(255).bytes, 1U);
  EXPECT_EQ(round_trip(256).bytes, 2U);
  EXPECT_EQ(round_trip(-256).bytes, 1U);
  EXPECT_EQ(round_trip(-257).bytes, 2U);
  EXPECT_EQ(round_trip(std::numeric_limits<std::int64_t>::min()).code, kNegative8);
}

TEST(Value, ShortDecimalsAreShortAndOthersExact) {
  EXPECT_EQ(round_trip(38.8).code, kDecimal0 + 1);
  EXPECT_EQ(round_trip(38.8).bytes, 2U);
  EXPECT_EQ(round_trip(38.0).code, kDecimal0);
  EXPECT_EQ(round_trip(-0.25).code, kDecimal0 + 2);
  EXPECT_EQ(round_trip(9007199254740992.0).code, kDecimal0);
  EXPECT_EQ(round_trip(9007199254740994.0).code, kDouble);
  EXPECT_EQ(round_trip(0.1 + 0.2).code, kDouble);
  EXPECT_EQ(round_trip(1e-300).code, kDouble);
  EXPECT_EQ(round_trip(std::numeric_limits<double>::max()).code, kDouble);
  EXPECT_EQ(round_trip(-0.0).code, kDouble);
  EXPECT_EQ(round_trip(0.0).code, kDecimal0);
}

TEST(Value, UuidsAndDatesArePackedOnlyIfTheyComeBackAsTheyWere) {
  EXPECT_EQ(round_trip("1027c4d1-c386-4bc4-8d61-3e30d8f16adf").bytes, 16U);
  EXPECT_EQ(round_trip("1027C4d1-c386-4bc4-8d61-3e30d8f16adf").code, kText);
  EXPECT_EQ(round_trip("1027c4d1c-386-4bc4-8d61-3e30d8f16adf").code, kText);
  EXPECT_EQ(round_trip("2024-02-29").bytes, 2U);
  EXPECT_EQ(round_trip("2023-02-29").code, kText);
  EXPECT_EQ(round_trip("1900-01-01").code, kDate);
  EXPECT_EQ(round_trip("1899-12-31").code, kText);
  EXPECT_EQ(round_trip("2079-06-06").code, kDate);
  EXPECT_EQ(round_trip("2079-06-07").code, kText);
  EXPECT_EQ(round_trip("2024-2-29 ").code, kText);
  EXPECT_EQ(round_trip("").bytes, 1U);
}

bool reads(ValueCode code, Bytes numbers, Bytes text = {}) {
  Reader numbers_in(numbers);
  Reader text_in(text);
  read_value(code, numbers_in, text_in);
  Reader numbers_skipped(numbers);
  Reader text_skipped(text);
  skip_value(code, numbers_skipped, text_skipped);
  const bool ok = numbers_in.finished() && text_in.finished();
  EXPECT_EQ(ok, numbers_skipped.finished() && text_skipped.finished());
  return ok;
}

TEST(Value, ASecondFormOfAValueIsRefused) {
  EXPECT_FALSE(reads(static_cast<ValueCode>(kUnsigned1 + 1), Bytes("\x00\xff", 2)));
  EXPECT_FALSE(reads(kUnsigned8, Bytes("\x80\0\0\0\0\0\0\0", 8)));
  EXPECT_FALSE(reads(kDouble, Bytes("\x40\x43\0\0\0\0\0\0", 8))) << "38.0 is a short decimal";
  EXPECT_FALSE(reads(kDouble, Bytes("\x7f\xf0\0\0\0\0\0\0", 8))) << "infinity";
  EXPECT_FALSE(reads(kDouble, Bytes("\x7f\xf8\0\0\0\0\0\0", 8))) << "not a number";
  EXPECT_FALSE(reads(static_cast<ValueCode>(kDecimal0 + 1), "\x14")) << "1.0 has the exponent 0";
  EXPECT_TRUE(reads(static_cast<ValueCode>(kDecimal0 + 1), "\x16"));
  EXPECT_FALSE(reads(kText, "", Bytes("\x0a") + "2024-02-29"));
  EXPECT_FALSE(reads(kText, "", "\x01\xff"));
  EXPECT_FALSE(reads(kMap, ""));
}

TEST(Value, TextIsReadUpToItsLimit) {
  Bytes text;
  put_sized(text, std::string(limits::kStringBytes, 'x'));
  EXPECT_TRUE(reads(kText, "", text));
  text.clear();
  put_sized(text, std::string(limits::kStringBytes + 1, 'x'));
  EXPECT_FALSE(reads(kText, "", text));
}

TEST(Value, ValuesHaveATotalOrder) {
  const Value ordered[] = {nullptr, false, true, -1, 38, -0.0, 0.0, 38.0, "", "a", "b"};
  for (std::size_t i = 0; i < std::size(ordered); ++i) {
    for (std::size_t j = 0; j < std::size(ordered); ++j) {
      EXPECT_EQ(compare(ordered[i], ordered[j]) < 0, i < j);
    }
  }
}

}  // namespace
}  // namespace relais::document

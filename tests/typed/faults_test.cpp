// What is refused, and with which errors.
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/limits.h"
#include "schemas.pb.h"
#include "typed/cell.h"
#include "typed/sheet.h"

namespace relais::testing {
namespace {

using schemas::Clashing;
using schemas::Kinds;

struct Refusal {
  ErrorCode code;
  std::string message;
  bool operator==(const Refusal&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Refusal& said) {
  return out << to_string(said.code) << " " << said.message;
}

/// The error of a refused write, which must write nothing.
template <class Change>
Refusal refused(Change&& change) {
  Sheet sheet(1);
  EXPECT_TRUE(sheet.update<Kinds>([](Kinds& k) { k.set_truth(true); }));
  const auto made = sheet.update<Kinds>([&](Kinds& k) {
    k.set_truth(false);
    change(k);
  });
  EXPECT_EQ(sheet.json(), R"({"truth":true})") << "nothing is written";
  if (made) return {ErrorCode::not_found, in_words(*made)};
  return {made.error().code(), made.error().message()};
}

/// The error of reading this as Kinds.
Refusal unread(const std::string& json) {
  Sheet sheet(1);
  EXPECT_TRUE(sheet.put_json("", json));
  const auto made = sheet.read<Kinds>();
  if (made) return {ErrorCode::not_found, made->DebugString()};
  return {made.error().code(), made.error().message()};
}

Refusal limit(std::string message) { return {ErrorCode::limit_exceeded, std::move(message)}; }
Refusal bad(std::string message) { return {ErrorCode::bad_input, std::move(message)}; }
Refusal wrong(std::string message) { return {ErrorCode::wrong_kind, std::move(message)}; }

TEST(TypedFaults, AStringThatIsTooLongNamesItsField) {
  EXPECT_EQ(refused([](Kinds& k) { k.set_word(std::string(limits::kStringBytes + 1, 'x')); }),
            limit("word: The text is longer than 65536 bytes."));
  EXPECT_EQ(refused([](Kinds& k) {
              k.add_parts();
              k.add_parts()->set_name(std::string(limits::kStringBytes + 1, 'x'));
            }),
            limit("parts/1/name: The text is longer than 65536 bytes."));
  EXPECT_EQ(refused([](Kinds& k) { k.set_raw(std::string(49'153, 'x')); }),
            limit("raw: The text is longer than 65536 bytes."));
}

TEST(TypedFaults, AStringOfTheLargestSizeIsWritten) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.update<Kinds>([](Kinds& k) {
    k.set_word(std::string(limits::kStringBytes, 'x'));
    k.set_raw(std::string(49'152, 'x'));
  }));
  EXPECT_EQ(sheet.read<Kinds>()->raw().size(), 49'152u);
}

TEST(TypedFaults, WhatIsNotUtf8IsRefusedWhereverItStands) {
  const std::string broken = "a\xff";
  EXPECT_EQ(refused([&](Kinds& k) { k.set_word(broken); }), bad("word: The text is not UTF-8."));
  EXPECT_EQ(refused([&](Kinds& k) { k.set_note(broken); }), bad("note: The text is not UTF-8."));
  EXPECT_EQ(refused([&](Kinds& k) { k.add_line(broken); }), bad("line/0: The text is not UTF-8."));
  EXPECT_EQ(refused([&](Kinds& k) { k.add_tag(broken); }), bad("tag/0: The text is not UTF-8."));
  EXPECT_EQ(refused([&](Kinds& k) { k.add_parts()->add_part()->set_name(broken); }),
            bad("parts/0/part/0/name: The text is not UTF-8."));
  EXPECT_EQ(refused([&](Kinds& k) { (*k.mutable_label())[broken] = "x"; }),
            bad("label/*: The key is not UTF-8."));
}

TEST(TypedFaults, NumbersThatNoDocumentHoldsAreRefused) {
  EXPECT_EQ(refused([](Kinds& k) { k.set_number(std::nan("")); }),
            bad("number: The number is not finite."));
  EXPECT_EQ(refused([](Kinds& k) { k.set_narrow(-HUGE_VALF); }),
            bad("narrow: The number is not finite."));
  EXPECT_EQ(refused([](Kinds& k) { k.set_large(std::uint64_t{1} << 63); }),
            bad("large: The integer is out of range: documents hold signed 64-bit integers."));
  EXPECT_EQ(refused([](Kinds& k) { k.add_numbers(std::uint64_t{1} << 63); }),
            bad("numbers/0: The integer is out of range: documents hold signed 64-bit integers."));
  Sheet sheet(1);
  EXPECT_TRUE(sheet.update<Kinds>([](Kinds& k) { k.set_large((std::uint64_t{1} << 63) - 1); }));
}

TEST(TypedFaults, AValueOutsideItsOrderOrEnumIsRefused) {
  EXPECT_EQ(refused([](Kinds& k) { k.set_verdict(schemas::BLUE); }),
            bad("verdict: The value has no place in the field's order."));
  EXPECT_EQ(refused([](Kinds& k) { k.set_level("secret"); }),
            bad("level: The value has no place in the field's order."));
  EXPECT_EQ(refused([](Kinds& k) { (*k.mutable_verdicts())["k"] = schemas::BLUE; }),
            bad("verdicts/*: The value has no place in the field's order."));
  EXPECT_EQ(refused([](Kinds& k) { k.set_color(static_cast<schemas::Color>(99)); }),
            bad("color: The number is none of the enum's values."));
}

TEST(TypedFaults, TimesAndAttachmentsAreCheckedToo) {
  EXPECT_EQ(refused([](Kinds& k) { k.mutable_when()->set_nanos(-1); }),
            bad("when: The time is none of the years 1 to 9999."));
  EXPECT_EQ(refused([](Kinds& k) { k.mutable_lasting()->set_seconds(INT64_MAX); }),
            bad("lasting: The duration is out of range."));
  EXPECT_EQ(refused([](Kinds& k) { k.mutable_picture()->set_hash("short"); }),
            bad("picture: An attachment's hash has 32 bytes."));
  const auto typed_as = [](std::string media_type) {
    return [media_type](Kinds& k) {
      k.mutable_picture()->set_hash(std::string(32, 'h'));
      k.mutable_picture()->set_media_type(media_type);
    };
  };
  const Refusal wrong_type =
      bad("picture: An attachment's media type is \"type/subtype\", of at most 127 printable "
          "characters.");
  EXPECT_EQ(refused(typed_as("")), wrong_type);
  EXPECT_EQ(refused(typed_as("jpeg")), wrong_type);
  EXPECT_EQ(refused(typed_as("a/" + std::string(126, 'b'))), wrong_type);
  Sheet sheet(1);
  EXPECT_TRUE(sheet.update<Kinds>(typed_as("a/" + std::string(125, 'b'))));
}

TEST(TypedFaults, KeysHaveTheSizeOfNames) {
  EXPECT_EQ(refused([](Kinds& k) { (*k.mutable_label())[std::string(256, 'k')] = "x"; }),
            limit("label/*: The key is longer than 255 bytes."));
  Sheet sheet(1);
  EXPECT_TRUE(
      sheet.update<Kinds>([](Kinds& k) { (*k.mutable_label())[std::string(255, 'k')] = "x"; }));
}

Kinds& nested(Kinds& kinds, int times) {
  return times == 0 ? kinds : nested(*kinds.mutable_inner(), times - 1);
}

TEST(TypedFaults, MessagesNestAsDeepAsDocuments) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.update<Kinds>([](Kinds& k) { nested(k, 15).set_word("x"); }));
  EXPECT_EQ(refused([](Kinds& k) { nested(k, 16).set_word("x"); }).code, ErrorCode::limit_exceeded);
}

TEST(TypedFaults, ACounterChangesByNoMoreThanAnInteger) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.update<Kinds>([](Kinds& k) { k.set_sessions(INT64_MIN); }));
  const auto made = sheet.update<Kinds>([](Kinds& k) { k.set_sessions(1); });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message(), "sessions: The counter can't change by so much at once.");
}

TEST(TypedFaults, FieldsThatTheTypeDoesntNameAreNotLostWithoutAWord) {
  EXPECT_EQ(refused([](Kinds& k) {
              Kinds::GetReflection()->MutableUnknownFields(&k)->AddVarint(1000, 1);
            }),
            bad("The message has fields that its type doesn't name."));
  EXPECT_EQ(refused([](Kinds& k) {
              schemas::Part& part = *k.add_parts();
              part.GetReflection()->MutableUnknownFields(&part)->AddVarint(1000, 1);
            }),
            bad("parts/0: The message has fields that its type doesn't name."));
}

TEST(TypedFaults, AValueThatDoesntFitItsTypeNamesItsPlace) {
  EXPECT_EQ(unread(R"({"word":7})"), bad("word: The document has an integer here, not a text."));
  EXPECT_EQ(unread(R"({"small":"secret"})"),
            bad("small: The document has a text here, not an integer."));
  EXPECT_EQ(unread(R"({"small":3000000000})"),
            bad("small: The integer is out of the field's range."));
  EXPECT_EQ(unread(R"({"natural":-1})"), bad("natural: The integer is out of the field's range."));
  EXPECT_EQ(unread(R"({"large":-1})"), bad("large: The integer is out of the field's range."));
  EXPECT_EQ(unread(R"({"small":1.5})"),
            bad("small: The document has a number here, not an integer."));
  EXPECT_EQ(unread(R"({"number":9007199254740993})"),
            bad("number: The document has an integer here, not a number."));
  EXPECT_EQ(unread(R"({"narrow":1e300})"), bad("narrow: The number is out of the field's range."));
  EXPECT_EQ(unread(R"({"truth":0})"),
            bad("truth: The document has an integer here, not true or false."));
  EXPECT_EQ(unread(R"({"raw":"?"})"), bad("raw: The text is not base64."));
  EXPECT_EQ(unread(R"({"color":1})"), bad("color: The document has an integer here, not a text."));
  EXPECT_EQ(unread(R"({"when":"yesterday"})"),
            bad("when: The text is not a time as RFC 3339 writes it."));
  EXPECT_EQ(unread(R"({"lasting":"long"})"), bad("lasting: The text is not a duration."));
  EXPECT_EQ(unread(R"({"picture":"x"})"),
            bad("picture: The document has a text here, not an attachment."));
  EXPECT_EQ(unread(R"({"line":["a",null]})"),
            bad("line/1: The document has null here, not a text."));
  EXPECT_EQ(unread(R"({"label":{"a name":3}})"),
            bad("label/*: The document has an integer here, not a text."));
}

TEST(TypedFaults, AnotherKindThanDeclaredNamesItsPlace) {
  EXPECT_EQ(unread(R"({"tag":["a"]})"), wrong("tag: The document has a list here, not a set."));
  EXPECT_EQ(unread(R"({"note":"a"})"),
            wrong("note: The document has a value here, not a text for several."));
  EXPECT_EQ(unread(R"({"sessions":3})"),
            wrong("sessions: The document has a value here, not a counter."));
  EXPECT_EQ(unread(R"({"parts":[{},7]})"),
            wrong("parts/1: The document has a value here, not an object."));
  EXPECT_EQ(unread(R"({"part":[]})"), wrong("part: The document has a list here, not an object."));
  EXPECT_EQ(unread(R"({"word":{}})"), wrong("word: The document has an object here, not a value."));
}

TEST(TypedFaults, WhatOneTypeWroteAnotherReadsOnlyIfItFits) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.update<Kinds>([](Kinds& k) { k.add_tag("a"); }));
  const auto made = sheet.read<Clashing>();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message(), "tag: The document has a set here, not a list.");
}

TEST(TypedFaults, Base64IsReadAsItIsWritten) {
  EXPECT_EQ(typed::to_base64(""), "");
  EXPECT_EQ(typed::to_base64("f"), "Zg==");
  EXPECT_EQ(typed::to_base64("fo"), "Zm8=");
  EXPECT_EQ(typed::to_base64("foobar"), "Zm9vYmFy");  // RFC 4648, section 10
  for (const char* text : {"", "Zg==", "Zm8=", "Zm9vYmFy"}) {
    EXPECT_EQ(typed::to_base64(typed::from_base64(text).value()), text);
  }
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "=", "====", "Z===", "Zg==Zg==", "Zm-v"}) {
    EXPECT_FALSE(typed::from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace relais::testing

#include "base/limits.h"
#include "document/making.h"

namespace relais::document {
namespace {

const Position kSelf{author('i'), 4};
const auto kAll = [](std::string_view) { return true; };

std::string line(std::string_view doc) {
  return R"({"collection":"patients","id":"1027c4d1-c386-4bc4-8d61-3e30d8f16adf","doc":)" +
         std::string(doc) + "}";
}

/// The document as it reads after import, or the error's message.
std::string imported(std::string_view doc, TextRules rules = {}) {
  Importer importer(std::move(rules));
  const auto parsed = importer.parse(line(doc));
  if (!parsed) return parsed.error().message();
  Bytes bytes;
  const Status encoded = importer.encode(Stamp{99}, {}, kAll, bytes);
  if (!encoded) return encoded.error().message();
  const auto change = decode_change(bytes, kSelf);
  if (!change) return change.error().message();
  EXPECT_EQ(encode(*change, kSelf), bytes) << "the same bytes as encode() of the same ops";
  EXPECT_TRUE(inspect_change(bytes, kSelf).has_value());
  State state;
  EXPECT_TRUE(state.apply(*change, kSelf).has_value());
  return to_json({&state});
}

TEST(Import, EveryKindOfJsonComesBackSorted) {
  EXPECT_EQ(
      imported(
          R"({"b":[1,-2.50,null,"x\n\"\\\u0001é",{},[],[[]],{"y":[true]}],"a":{"c":{}},"":0})"),
      R"({"":0,"a":{"c":{}},"b":[1,-2.5,null,"x\n\"\\\u0001é",{},[],[[]],{"y":[true]}]})");
  EXPECT_EQ(imported("{}"), "{}");
  EXPECT_EQ(imported(R"({"n":[38.0,38,1e3,-0.0,9223372036854775807,-9223372036854775808,1e300]})"),
            R"({"n":[38.0,38,1000.0,-0.0,9223372036854775807,-9223372036854775808,1e+300]})");
}

TEST(Import, AnEmptyDocumentIsThere) {
  Importer importer;
  ASSERT_TRUE(importer.parse(line("{}")).has_value());
  EXPECT_TRUE(importer.sections().empty());
  Bytes bytes;
  ASSERT_TRUE(importer.encode(Stamp{1}, {}, kAll, bytes).has_value());
  State state;
  ASSERT_TRUE(state.apply(*decode_change(bytes, kSelf), kSelf).has_value());
  EXPECT_FALSE(state.empty());
}

TEST(Import, SectionsAreWrittenApart) {
  Importer importer;
  const auto parsed = importer.parse(
      R"({"scope":"walungu","id":"k1","doc":{"medical":{"a":1},"legal":[2]},"collection":"cases"})");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->scope, "walungu");
  EXPECT_EQ(parsed->address, (Address{"cases", "k1"}));
  EXPECT_EQ(importer.sections(), (std::vector<std::string>{"medical", "legal"}));
  Bytes legal;
  Bytes medical;
  const auto is = [](std::string_view wanted) {
    return [wanted](std::string_view section) { return section == wanted; };
  };
  ASSERT_TRUE(importer.encode(Stamp{1}, {}, is("legal"), legal).has_value());
  ASSERT_TRUE(importer.encode(Stamp{1}, {}, is("medical"), medical).has_value());
  EXPECT_EQ(inspect_change(legal, kSelf)->sections, std::vector<std::string>{"legal"});
  State a;
  State b;
  ASSERT_TRUE(a.apply(*decode_change(legal, kSelf), kSelf).has_value());
  ASSERT_TRUE(b.apply(*decode_change(medical, kSelf), kSelf).has_value());
  EXPECT_EQ(to_json({&b, &a}), R"({"legal":[2],"medical":{"a":1}})");
  EXPECT_EQ(importer.encode(Stamp{1}, {}, is("none"), legal).error().code(),
            ErrorCode::invalid_argument);
}

TEST(Import, AListWrittenInPartsHasItsOrder) {
  EXPECT_EQ(imported(R"({"a":[1,{"b":[2,3,{"c":4}],"d":[5]},6,[7,[8],9],10]})"),
            R"({"a":[1,{"b":[2,3,{"c":4}],"d":[5]},6,[7,[8],9],10]})");
}

TEST(Import, StringsBecomeTextWhereAPatternSaysSo) {
  Importer importer({{"patients:medical/visits/*/note", "title"}});
  ASSERT_TRUE(
      importer.parse(line(R"({"medical":{"visits":[{"note":"héé","by":"x"}]},"title":""})")));
  Bytes bytes;
  ASSERT_TRUE(importer.encode(Stamp{1}, {}, kAll, bytes).has_value());
  const auto change = decode_change(bytes, kSelf);
  State state;
  ASSERT_TRUE(state.apply(*change, kSelf).has_value());
  const auto kind = [&state](std::string_view path) {
    return read_field(state, *parse_path(path, state))->kind;
  };
  EXPECT_EQ(kind("medical/visits/0/note"), Kind::text);
  EXPECT_EQ(kind("medical/visits/0/by"), Kind::value);
  EXPECT_EQ(kind("title"), Kind::text);
  EXPECT_EQ(encode(*change, kSelf), bytes);
}

TEST(Import, WhatIsWrongIsSaidWithThePath) {
  EXPECT_EQ(imported(R"({"a":{"b":[0,1e400]}})"),
            "doc/a/b/1: the number is out of range, or not written as JSON has it");
  EXPECT_EQ(imported(R"({"a":18446744073709551615})"),
            "doc/a: the number is out of range: integers have 64 bits");
  EXPECT_EQ(imported(R"({"a":99999999999999999999999})"),
            "doc/a: the number is out of range, or not written as JSON has it");
  EXPECT_EQ(imported(R"({"a":9223372036854775808})"),
            "doc/a: the number is out of range: integers have 64 bits");
  EXPECT_EQ(imported(R"({"a":[{"x":1,"y":2,"x":3}]})"),
            "doc/a/0: a key stands twice in the object");
  EXPECT_EQ(imported("{\"a\":{\"b/c~\":\"\xff\"}}"), "doc/a/b~1c~0: not UTF-8");
  EXPECT_EQ(imported(R"({"a":tru})"), "doc/a: not JSON: neither a value nor a string in quotes");
  EXPECT_EQ(imported(R"({"a":[1,2})"), "doc/a: not JSON: ',' or ']' is missing");
  EXPECT_EQ(imported(R"({"a" 1})"), "doc/a: not JSON: ':' is missing after a key");
  EXPECT_EQ(imported(R"({"a":"\x"})"),
            "doc/a: not JSON: a string has a wrong escape or a control character");
  EXPECT_EQ(imported("[]"), "doc: not an object");
}

TEST(Import, ALineHasItsKeysOnce) {
  Importer importer;
  const auto fault = [&importer](std::string_view text) { return message(importer.parse(text)); };
  EXPECT_EQ(fault(R"({"id":"x","doc":{}})"), "the line has no \"collection\"");
  EXPECT_EQ(fault(R"({"collection":"c","doc":{}})"), "the line has no \"id\"");
  EXPECT_EQ(fault(R"({"collection":"c","id":"x"})"), "the line has no \"doc\"");
  EXPECT_EQ(fault(R"({"collection":"c","id":7,"doc":{}})"), "id: not a string");
  EXPECT_EQ(fault(R"({"collection":"c","id":"x","doc":{},"id":"y"})"),
            "a key stands twice in the line");
  EXPECT_EQ(fault(R"({"collection":"c","id":"x","doc":{},"more":1})"),
            "the line has a key that is none of \"scope\", \"collection\", \"id\", \"doc\"");
  EXPECT_EQ(fault("7"), "the line is not an object");
  EXPECT_EQ(fault(""), "not JSON: it ends too early");
  EXPECT_EQ(fault(R"({"collection":"c","id":"x","doc":{}}x)"),
            "something follows the end of the value");
  EXPECT_EQ(importer.parse(R"({"collection":"c/d","id":"x","doc":{}})").error().code(),
            ErrorCode::bad_input);
  EXPECT_EQ(importer.parse(R"({"scope":"a/b","collection":"c","id":"x","doc":{}})").error().code(),
            ErrorCode::bad_input);
}

std::string nested(std::size_t depth, bool array) {
  std::string json = "1";
  for (std::size_t i = 1; i < depth; ++i) json = array ? "[" + json + "]" : "{\"k\":" + json + "}";
  return "{\"k\":" + json + "}";
}

TEST(Import, EachLimitHoldsAtItsValueAndNotBeyond) {
  for (const bool array : {false, true}) {
    EXPECT_EQ(imported(nested(limits::kNestingDepth, array)), nested(limits::kNestingDepth, array));
    EXPECT_NE(
        imported(nested(limits::kNestingDepth + 1, array)).find("nested deeper than 16 levels"),
        std::string::npos);
  }
  EXPECT_NE(imported(nested(5000, true)).find("nested deeper than 16 levels"), std::string::npos);
  const auto text = [](std::size_t size) { return "{\"a\":\"" + std::string(size, 'x') + "\"}"; };
  EXPECT_EQ(imported(text(limits::kStringBytes)), text(limits::kStringBytes));
  EXPECT_EQ(imported(text(limits::kStringBytes + 1)),
            "doc/a: the string is longer than 65536 bytes");
  const auto key = [](std::size_t size) { return "{\"" + std::string(size, 'k') + "\":1}"; };
  EXPECT_EQ(imported(key(limits::kPathStepBytes)), key(limits::kPathStepBytes));
  EXPECT_EQ(imported(key(limits::kPathStepBytes + 1)), "doc: a key is longer than 255 bytes");
  const auto many = [](std::size_t count) {
    std::string json = "{\"a\":[0";
    for (std::size_t i = 1; i < count; ++i) json += ",0";
    return json + "]}";
  };
  EXPECT_EQ(imported(many(limits::kOpsPerChange)), many(limits::kOpsPerChange));
  EXPECT_EQ(imported(many(limits::kOpsPerChange + 1)), "the document has more than 16384 fields");
  Importer importer;
  const std::string padding(limits::kJsonLineBytes - line("{}").size(), ' ');
  EXPECT_TRUE(importer.parse(line("{}") + padding).has_value());
  EXPECT_EQ(message(importer.parse(line("{}") + padding + " ")),
            "the line is longer than 4194304 bytes");
}

TEST(Import, ADocumentLargerThanAChangeIsRefusedWhole) {
  std::string json = "{";
  for (int i = 0; i < 5; ++i) {
    json += (i ? ",\"" : "\"") + std::to_string(i) + "\":\"" + std::string(60000, 'x') + "\"";
  }
  EXPECT_EQ(imported(json + "}"), "the document is larger than 262144 bytes");
}

TEST(Import, NoErrorHoldsTextOfTheDocument) {
  for (const char* doc : {R"({"a":"SECRET)", R"({"a":"SECRET" x})", "{\"a\":\"SECRET\xff\"}",
                          R"({"a":["SECRET",1e999]})", R"({"a":SECRET})"}) {
    EXPECT_EQ(imported(doc).find("SECRET"), std::string::npos) << doc;
  }
}

}  // namespace
}  // namespace relais::document

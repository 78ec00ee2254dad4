#include "base/limits.h"
#include "document/json/limits.h"
#include "document/making.h"

namespace relais::document {
namespace {

const Position kSelf{author('i'), 4};
const auto kAll = [](std::string_view) { return true; };
const auto kDeed = [] { return TransactionId{}; };

std::string line(std::string_view doc) {
  return R"({"collection":"patients","id":"1027c4d1-c386-4bc4-8d61-3e30d8f16adf","doc":)" +
         std::string(doc) + "}";
}

/// The state after changes at positions from kSelf on.
State applied(const std::vector<Bytes>& changes) {
  State state;
  Position at = kSelf;
  for (const Bytes& bytes : changes) {
    EXPECT_LE(bytes.size(), limits::kChangeBytes);
    const auto change = decode_change(bytes, at);
    EXPECT_TRUE(change.has_value()) << message(change);
    if (!change) break;
    EXPECT_EQ(encode(*change, at), bytes) << "the same bytes as encode() of the same ops";
    EXPECT_TRUE(inspect_change(bytes, at).has_value());
    EXPECT_EQ(change->attribution.transaction.has_value(), changes.size() > 1);
    EXPECT_TRUE(state.apply(*change, at).has_value());
    ++at.seq;
  }
  return state;
}

/// The document as it reads after import, or the error's message.
std::string imported(std::string_view doc, TextRules rules = {}) {
  Importer importer(std::move(rules));
  const auto parsed = importer.parse(line(doc));
  if (!parsed) return parsed.error().message();
  std::vector<Bytes> changes;
  const Status encoded = importer.encode({}, Stamp{99}, {}, kAll, kDeed, changes);
  if (!encoded) return encoded.error().message();
  const State state = applied(changes);
  EXPECT_TRUE(State::decode(state.canonical()).has_value());
  return to_json({&state});
}

/// The one change of a small document.
Bytes encoded(Importer& importer, const std::function<bool(std::string_view)>& wanted = kAll) {
  std::vector<Bytes> changes;
  EXPECT_TRUE(importer.encode({}, Stamp{1}, {}, wanted, kDeed, changes).has_value());
  EXPECT_EQ(changes.size(), 1u);
  return changes.empty() ? Bytes() : changes[0];
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
  const Bytes bytes = encoded(importer);
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
  const auto is = [](std::string_view wanted) {
    return [wanted](std::string_view section) { return section == wanted; };
  };
  const Bytes legal = encoded(importer, is("legal"));
  const Bytes medical = encoded(importer, is("medical"));
  EXPECT_EQ(inspect_change(legal, kSelf)->sections, std::vector<std::string>{"legal"});
  State a;
  State b;
  ASSERT_TRUE(a.apply(*decode_change(legal, kSelf), kSelf).has_value());
  ASSERT_TRUE(b.apply(*decode_change(medical, kSelf), kSelf).has_value());
  EXPECT_EQ(to_json({&b, &a}), R"({"legal":[2],"medical":{"a":1}})");
  std::vector<Bytes> nothing;
  EXPECT_EQ(importer.encode({}, Stamp{1}, {}, is("none"), kDeed, nothing).error().code(),
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
  const Bytes bytes = encoded(importer);
  const auto change = decode_change(bytes, kSelf);
  State state;
  ASSERT_TRUE(state.apply(*change, kSelf).has_value());
  const auto kind = [&state](std::string_view path) {
    return read_field(state, *parse_path(path, state))->kind;
  };
  EXPECT_EQ(kind("medical/visits/0/note"), FieldKind::text);
  EXPECT_EQ(kind("medical/visits/0/by"), FieldKind::value);
  EXPECT_EQ(kind("title"), FieldKind::text);
  EXPECT_EQ(encode(*change, kSelf), bytes);
}

TEST(Import, WhatIsWrongIsSaidWithThePath) {
  EXPECT_EQ(imported(R"({"a":{"b":[0,1e400]}})"),
            "doc/a/b/1: The number is out of range or not a JSON number.");
  EXPECT_EQ(imported(R"({"a":18446744073709551615})"),
            "doc/a: The number is out of range: integers have 64 bits.");
  EXPECT_EQ(imported(R"({"a":99999999999999999999999})"),
            "doc/a: The number is out of range or not a JSON number.");
  EXPECT_EQ(imported(R"({"a":9223372036854775808})"),
            "doc/a: The number is out of range: integers have 64 bits.");
  EXPECT_EQ(imported(R"({"a":[{"x":1,"y":2,"x":3}]})"),
            "doc/a/0: A key occurs twice in the object.");
  EXPECT_EQ(imported("{\"a\":{\"b/c~\":\"\xff\"}}"), "doc/a/b~1c~0: The text is not UTF-8.");
  EXPECT_EQ(imported(R"({"a":tru})"),
            "doc/a: The JSON is malformed: a value is missing, or a string without quotes.");
  EXPECT_EQ(imported(R"({"a":[1,2})"), "doc/a: The JSON is malformed: ',' or ']' is missing.");
  EXPECT_EQ(imported(R"({"a" 1})"), "doc/a: The JSON is malformed: ':' is missing after a key.");
  EXPECT_EQ(imported(R"({"a":"\x"})"),
            "doc/a: The JSON is malformed: a string has a wrong escape or a control character.");
  EXPECT_EQ(imported("[]"), "doc: The value must be an object.");
}

TEST(Import, ALineHasItsKeysOnce) {
  Importer importer;
  const auto fault = [&importer](std::string_view text) { return message(importer.parse(text)); };
  EXPECT_EQ(fault(R"({"id":"x","doc":{}})"), "The line has no \"collection\".");
  EXPECT_EQ(fault(R"({"collection":"c","doc":{}})"), "The line has no \"id\".");
  EXPECT_EQ(fault(R"({"collection":"c","id":"x"})"), "The line has no \"doc\".");
  EXPECT_EQ(fault(R"({"collection":"c","id":7,"doc":{}})"), "id: The value must be a string.");
  EXPECT_EQ(fault(R"({"collection":"c","id":"x","doc":{},"id":"y"})"),
            "A key occurs twice in the line.");
  EXPECT_EQ(fault(R"({"collection":"c","id":"x","doc":{},"more":1})"),
            "The line has a key other than \"scope\", \"collection\", \"id\" and \"doc\".");
  EXPECT_EQ(fault("7"), "The line is not a JSON object.");
  EXPECT_EQ(fault(""), "The JSON ends too early.");
  EXPECT_EQ(fault(R"({"collection":"c","id":"x","doc":{}}x)"),
            "Something follows the end of the JSON value.");
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
    EXPECT_NE(imported(nested(limits::kNestingDepth + 2, array))
                  .find("The document is nested deeper than 16 levels."),
              std::string::npos);
  }
  EXPECT_NE(imported(nested(limits::kNestingDepth + 1, false))
                .find("The document is nested deeper than 16 levels."),
            std::string::npos);
  EXPECT_NE(imported(nested(5000, true)).find("The document is nested deeper than 16 levels."),
            std::string::npos);
  const auto key = [](std::size_t size) { return "{\"" + std::string(size, 'k') + "\":1}"; };
  EXPECT_EQ(imported(key(limits::kPathStepBytes)), key(limits::kPathStepBytes));
  EXPECT_EQ(imported(key(limits::kPathStepBytes + 1)), "doc: A key is longer than 255 bytes.");
  Importer importer;
  const std::string padding(limits::kDocumentJsonBytes - line("{}").size(), ' ');
  EXPECT_TRUE(importer.parse(line("{}") + padding).has_value());
  EXPECT_EQ(message(importer.parse(line("{}") + padding + " ")),
            "The line is longer than 176160768 bytes.");
}

TEST(Import, AStringThatNoRegisterHoldsBecomesAText) {
  const auto text = [](std::size_t size) { return "{\"a\":\"" + std::string(size, 'x') + "\"}"; };
  const auto kind = [](const std::string& doc) {
    Importer importer;
    EXPECT_TRUE(importer.parse(line(doc)));
    const State state = applied({encoded(importer)});
    return read_field(state, *parse_path("a", state))->kind;
  };
  EXPECT_EQ(imported(text(limits::kStringBytes)), text(limits::kStringBytes));
  EXPECT_EQ(kind(text(limits::kStringBytes)), FieldKind::value);
  EXPECT_EQ(imported(text(limits::kStringBytes + 1)), text(limits::kStringBytes + 1));
  EXPECT_EQ(kind(text(limits::kStringBytes + 1)), FieldKind::text);
  std::string words;
  while (words.size() < 5 * limits::kChangeBytes) words += "éЖ🙂x";
  EXPECT_EQ(imported("{\"a\":[1,\"" + words + "\",{\"b\":\"" + words + "\"}]}"),
            "{\"a\":[1,\"" + words + "\",{\"b\":\"" + words + "\"}]}");
}

TEST(Import, ADocumentTooLargeForOneChangeIsSeveral) {
  const auto many = [](std::size_t count) {
    std::string json = "{\"a\":[0";
    for (std::size_t i = 1; i < count; ++i) json += ",0";
    return json + "]}";
  };
  EXPECT_EQ(imported(many(limits::kOpsPerChange)), many(limits::kOpsPerChange));
  EXPECT_EQ(imported(many(limits::kOpsPerChange + 1)), many(limits::kOpsPerChange + 1));
  EXPECT_EQ(imported(many(3 * limits::kOpsPerChange)), many(3 * limits::kOpsPerChange));
  std::string json = "{\"l\":[";
  for (int i = 100; i < 130; ++i) {
    json += (i > 100 ? ",[{\"t\":\"" : "[{\"t\":\"") + std::string(60000, 'x') + "\",\"u\":[[" +
            std::to_string(i) + "],[]]}]";
  }
  EXPECT_EQ(imported(json + "]}"), json + "]}");
}

TEST(Import, ADocumentLargerThanOneAuthorMayMakeItIsRefused) {
  const auto texts = [](std::size_t bytes) {
    std::string json = "{\"t\":[";
    while (bytes > 0) {
      const std::size_t size = std::min<std::size_t>(bytes, 64000);
      if (json.back() == '"') json += ',';
      json.append(1, '"').append(size, 'x').append(1, '"');
      bytes -= size;
    }
    return json + "]}";
  };
  const auto fits = [](const std::string& doc) {
    Importer importer;
    EXPECT_TRUE(importer.parse(line(doc)));
    std::vector<Bytes> changes;
    return message(importer.encode({}, Stamp{1}, {}, kAll, kDeed, changes));
  };
  EXPECT_EQ(fits(texts(limits::kImportedDocumentBytes - 256 * 1024)), "no error");
  EXPECT_EQ(fits(texts(limits::kImportedDocumentBytes + 1)),
            "The document is larger than 29360128 bytes.");
}

TEST(Import, AnArrayAtTheLastStepIsASetOrRefused) {
  const auto deep = [](std::string json) {
    for (std::size_t i = 0; i < limits::kNestingDepth; ++i) json = "{\"k\":" + json + "}";
    return json;
  };
  const std::string file =
      R"({"$attachment":")" + std::string(64, 'a') + R"(","media_type":"image/png","size":3})";
  for (const std::string& set : {std::string("[]"), std::string("[null,true,1,2,1.5,\"a\",\"b\"]"),
                                 "[\"b\"," + file + "]"}) {
    EXPECT_EQ(imported(deep(set)), deep(set));
  }
  for (const char* other : {"[2,1]", "[1,1]", "[[]]", "[{}]"}) {
    EXPECT_NE(imported(deep(other)).find("The document is nested deeper than 16 levels."),
              std::string::npos);
  }
  EXPECT_NE(imported(deep("[18446744073709551615]")).find("integers have 64 bits"),
            std::string::npos);
  // As an element of the list at the previous step.
  std::string below = "[[],[1,2],{}]";
  for (std::size_t i = 1; i < limits::kNestingDepth; ++i) below = "{\"k\":" + below + "}";
  EXPECT_EQ(imported(below), below);
}

TEST(Import, AFieldNamedAsAnAttachmentsKeyIsMarkedInJson) {
  EXPECT_EQ(imported(R"({"a":{"$$attachment":1,"$$$attachment":2},"$$attachment":3,"$x":4})"),
            R"({"$$attachment":3,"$x":4,"a":{"$$$attachment":2,"$$attachment":1}})");
  Importer importer;
  ASSERT_TRUE(importer.parse(line(R"({"$$attachment":{"$$attachment":1}})")));
  EXPECT_EQ(importer.sections(), std::vector<std::string>{"$attachment"});
  const State state = applied({encoded(importer)});
  EXPECT_EQ(read_field(state, {std::string("$attachment")})->names,
            std::vector<std::string>{"$attachment"});
  const std::string longest = std::string(limits::kPathStepBytes - 11, '$') + "$attachment";
  EXPECT_EQ(imported("{\"" + longest + "\":1}"), "{\"" + longest + "\":1}");
  EXPECT_EQ(imported("{\"$" + longest + "\":1}"), "{\"$" + longest + "\":1}");
  EXPECT_EQ(imported("{\"$$" + longest + "\":1}"), "doc: A key is longer than 255 bytes.");
}

TEST(Import, ANumberTooSmallForAFloatingPointNumberIsRefused) {
  EXPECT_EQ(imported(R"({"a":[0.0,{"b":1e-400}]})"),
            "doc/a/1/b: The number is too small: a floating-point number would round it to 0.");
  EXPECT_EQ(imported(R"({"a":-0.)" + std::string(400, '0') + "1}"),
            "doc/a: The number is too small: a floating-point number would round it to 0.");
  EXPECT_EQ(imported(R"({"a":["1e-400",0e-400,0.000,5e-324,-0.0]})"),
            R"({"a":["1e-400",0.0,0.0,5e-324,-0.0]})");
}

TEST(Import, AByteOrderMarkIsNamed) {
  Importer importer;
  EXPECT_EQ(message(importer.parse("\xef\xbb\xbf" + line("{}"))),
            "The text starts with a byte-order mark: save the file as UTF-8 without it.");
  EXPECT_EQ(message(importer.parse(std::string("\xff\xfe{\0", 4))),
            "The text is UTF-16: save the file as UTF-8 without a byte-order mark.");
}

TEST(Import, NoErrorHoldsTextOfTheDocument) {
  for (const char* doc : {R"({"a":"SECRET)", R"({"a":"SECRET" x})", "{\"a\":\"SECRET\xff\"}",
                          R"({"a":["SECRET",1e999]})", R"({"a":SECRET})"}) {
    EXPECT_EQ(imported(doc).find("SECRET"), std::string::npos) << doc;
  }
}

}  // namespace
}  // namespace relais::document

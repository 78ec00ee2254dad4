// Imported JSON is exported unchanged, up to every limit; one past a limit is refused.
#include <map>

#include "document/json/limits.h"
#include "document/making.h"

namespace relais::document {
namespace {

/// Makes random canonical JSON, and knows whether it is a valid document.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : seed_(seed) {}

  std::string document() { return object(0); }
  bool refused() const { return refused_; }

 private:
  std::uint64_t below(std::uint64_t end) {
    seed_ = seed_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (seed_ >> 33) % end;
  }
  bool rarely() { return below(12) == 0; }

  std::string value(std::size_t depth) {
    if (depth > limits::kNestingDepth) refused_ = true;
    // Reaches the deepest step more often than chance would.
    const std::uint64_t kind = below(depth < limits::kNestingDepth ? 6 : 9);
    if (kind == 0 || (kind == 1 && depth + 1 < limits::kNestingDepth)) return object(depth);
    if (kind == 2) return array(depth);
    return scalar();
  }

  std::string object(std::size_t depth) {
    std::map<std::string, std::string> fields;  // by name
    const std::uint64_t most = depth == limits::kNestingDepth ? (rarely() ? 1 : 0) : below(4);
    for (std::uint64_t n = 0; n < most; ++n) {
      const std::string name = key();
      if (!fields.contains(name)) fields[name] = value(depth + 1);
    }
    std::string json = "{";
    for (const auto& [name, value] : fields) {
      const bool marked =
          name.ends_with("$attachment") && name.find_first_not_of('$') == name.size() - 10;
      json += (json.size() > 1 ? ",\"" : "\"") + (marked ? "$" + name : name) + "\":" + value;
    }
    return json + "}";
  }

  std::string key() {
    static const char* const kKeys[] = {"",  "a",  "b",           "id",           "é",
                                        "$", "$a", "$attachment", "$$attachment", "attachment"};
    if (!rarely()) return kKeys[below(std::size(kKeys))];
    const bool longer = rarely();
    refused_ = refused_ || longer;
    return std::string(limits::kPathStepBytes + (longer ? 1 : 0), 'k');
  }

  std::string array(std::size_t depth) {
    if (depth == limits::kNestingDepth) {
      static const char* const kSets[] = {"[]", "[null]", "[false,true,-1,7,0.5,\"\",\"b\",\"é\"]"};
      static const char* const kOthers[] = {"[1,1]", "[\"b\",\"a\"]", "[[]]", "[{}]"};
      if (!rarely()) return kSets[below(std::size(kSets))];
      refused_ = true;
      return kOthers[below(std::size(kOthers))];
    }
    std::string json = "[";
    for (std::uint64_t n = below(4); n > 0; --n) {
      json += (json.size() > 1 ? "," : "") + value(depth + 1);
    }
    return json + "]";
  }

  std::string scalar() {
    static constexpr char kAttachment[] =
        R"({"$attachment":"0000000000000000000000000000000000000000000000000000000000000000",)"
        R"("media_type":"a/b","size":18446744073709551615})";
    static const char* const kScalars[] = {"null",
                                           "true",
                                           "false",
                                           "0",
                                           "-1",
                                           "38",
                                           "38.0",
                                           "-0.0",
                                           "5e-324",
                                           "9223372036854775807",
                                           "-9223372036854775808",
                                           "9223372036854775808.0",
                                           "1.7976931348623157e+308",
                                           "\"\"",
                                           "\"2025-04-19\"",
                                           "\"\\u001f\\\\\\\"/\"",
                                           "\"c2ce6f44-7ed4-457b-9e2f-eb89414c343c\"",
                                           kAttachment};
    static const char* const kRefused[] = {"9223372036854775808", "1e-400", "1e400",
                                           R"({"$attachment":1})"};
    if (rarely()) {
      const std::size_t size = limits::kStringBytes + below(3) - 1;
      return '"' + std::string(size, 'x') + '"';
    }
    if (!rarely() || !rarely()) return kScalars[below(std::size(kScalars))];
    refused_ = true;
    return kRefused[below(std::size(kRefused))];
  }

  std::uint64_t seed_;
  bool refused_ = false;
};

const Position kSelf{author('i'), 1};

std::string imported(const std::string& doc) {
  Importer importer;
  const auto parsed = importer.parse(R"({"collection":"c","id":"x","doc":)" + doc + "}");
  if (!parsed) return "refused";
  std::vector<Bytes> changes;
  const Status encoded = importer.encode(
      {}, Stamp{99}, {}, [](std::string_view) { return true; }, [] { return TransactionId{}; },
      changes);
  EXPECT_TRUE(encoded) << message(encoded);
  State state;
  Position at = kSelf;
  for (const Bytes& bytes : changes) {
    const auto change = decode_change(bytes, at);
    EXPECT_TRUE(change && state.apply(*change, at)) << message(change);
    ++at.seq;
  }
  const auto back = State::decode(state.canonical());
  EXPECT_TRUE(back && back->canonical() == state.canonical()) << message(back);
  return to_json({&state});
}

TEST(RoundTrip, WhatIsImportedIsExportedAsTheSameJsonOrRefused) {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    Maker maker(seed);
    const std::string json = maker.document();
    ASSERT_EQ(imported(json), maker.refused() ? "refused" : json) << "seed " << seed;
    refused += maker.refused() ? 1 : 0;
  }
  EXPECT_GT(refused, 20);
  EXPECT_LT(refused, 2000);
}

TEST(RoundTrip, WhatIsPutOverAnotherDocumentReadsSo) {
  int written = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    Person amina('a');
    bool is_first = true;
    for (std::uint64_t step = 0; step < 4; ++step) {
      Maker maker(seed * 10 + step);
      const std::string json = "[" + maker.document() + "]";
      Draft draft = amina.large_draft();
      const Status done = draft.put_json({std::string("d")}, json);
      if (!done) continue;
      if (!draft.empty()) amina.commit_all(std::move(draft));
      const std::string read = to_json(amina.state, {std::string("d")});
      // Unnamed fields of an object stay: over another, check only for what is there.
      if (is_first) {
        ASSERT_EQ(read, json) << "seed " << seed;
      }
      is_first = false;
      ++written;
      Draft again = amina.large_draft();
      ASSERT_TRUE(again.put_json({std::string("d")}, read));
      ASSERT_TRUE(again.empty()) << "seed " << seed << ": " << read;
      ASSERT_FALSE(amina.state.has_conflicts());
    }
  }
  EXPECT_GT(written, 600) << "nearly all were refused";
}

TEST(RoundTrip, ALineOfVeryManyKeysIsRefusedAtItsFirstThatIsNone) {
  std::string text = "{";
  for (int i = 0; i < 330000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  Importer importer;
  EXPECT_EQ(message(importer.parse(text + "\"doc\":{}}")),
            "The line has a key other than \"scope\", \"collection\", \"id\" and \"doc\".");
}

TEST(RoundTrip, ASetOfThousandsIsReplacedWithoutComparingEachWithEach) {
  Person amina('a');
  const auto set = [](int first) {
    std::string json = "[";
    for (int i = 0; i < 16000; ++i) json += (i ? "," : "") + std::to_string(100000 + first + i);
    return json + "]";
  };
  amina.edit_large([](Draft& d) { return d.add({std::string("s")}, 1); });
  for (const int first : {0, 8000}) {
    amina.edit_large([&](Draft& d) { return d.put_json({std::string("s")}, set(first)); });
    EXPECT_EQ(amina.json(), "{\"s\":" + set(first) + "}");
  }
}

}  // namespace
}  // namespace relais::document

#include <fstream>
#include <iterator>

#include "document/making.h"

/// The files of tests/golden/v1 were written by the first version of the formats, and stay.
namespace relais::document {
namespace {

Bytes golden(const std::string& name) {
  std::ifstream in(RELAIS_SOURCE_DIR "/tests/golden/v1/" + name);
  std::string hex;
  for (std::string line; std::getline(in, line);) hex += line;
  return from_hex(hex).value_or(Bytes{});
}

const Position kFirst{author('a'), 41};
const Position kSecond{author('b'), 7};

Bytes imported() {
  Importer importer({{"medical/note"}});
  EXPECT_TRUE(importer.parse(
      R"({"collection":"cases","id":"c2ce6f44-7ed4-457b-9e2f-eb89414c343c","doc":{)"
      R"("opened":"2025-04-19","medical":{"visits":[{"by":"nurse","temperature_C":38.8},{"by":"doctor"}],)"
      R"("diagnoses":["O71.3","I10"],"note":"refuse l'hospitalisation"},"consent":true,"empty":[]}})"));
  std::vector<Bytes> changes;
  EXPECT_TRUE(importer.encode(
      {}, Stamp{1761000000000ULL << 16 | 2}, {}, [](std::string_view) { return true; },
      [] { return TransactionId{}; }, changes));
  return changes.at(0);
}

Change edited(const State& base) {
  const auto path = [&base](std::string_view text) { return *parse_path(text, base); };
  Draft draft(base, kSecond, {"cases", "c2ce6f44-7ed4-457b-9e2f-eb89414c343c"},
              Stamp{1762000000000ULL << 16});
  EXPECT_TRUE(draft.set(path("medical/visits/0/temperature_C"), 37));
  EXPECT_TRUE(draft.erase(path("medical/diagnoses/1")));
  EXPECT_TRUE(draft.insert_json(path("medical/visits"), 1, R"({"by":"midwife"})"));
  EXPECT_TRUE(draft.update_text(path("medical/note"), "accepte l'hospitalisation 🏥"));
  EXPECT_TRUE(draft.add(path("allergies"), "latex"));
  EXPECT_TRUE(draft.count(path("stock"), -3));
  EXPECT_TRUE(draft.erase(path("consent")));
  return std::move(draft).finish();
}

constexpr char kGoldenReads[] =
    R"({"allergies":["latex"],"empty":[],"medical":{"diagnoses":["O71.3"],)"
    R"("note":"accepte l'hospitalisation 🏥","visits":[{"by":"nurse","temperature_C":37},)"
    R"({"by":"midwife"},{"by":"doctor"}]},"opened":"2025-04-19","stock":-3})";

State read_golden() {
  State state;
  const auto first = decode_change(golden("change_new.txt"), kFirst);
  const auto second = decode_change(golden("change_edit.txt"), kSecond);
  EXPECT_TRUE(first.has_value() && second.has_value());
  if (!first || !second) return state;
  EXPECT_TRUE(state.apply(*first, kFirst));
  EXPECT_TRUE(state.apply(*second, kSecond));
  return state;
}

TEST(Golden, ChangesOfVersion1AreReadAndWrittenTheSame) {
  const State state = read_golden();
  EXPECT_EQ(to_json({&state}), kGoldenReads);
  EXPECT_EQ(to_hex(imported()), to_hex(golden("change_new.txt")));
  State base;
  ASSERT_TRUE(base.apply(*decode_change(golden("change_new.txt"), kFirst), kFirst));
  EXPECT_EQ(to_hex(encode(edited(base), kSecond)), to_hex(golden("change_edit.txt")));
}

TEST(Golden, AStateOfVersion1IsReadAndWrittenTheSame) {
  EXPECT_EQ(to_hex(read_golden().canonical()), to_hex(golden("state.txt")));
  const auto state = State::decode(golden("state.txt"));
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(to_json({&*state}), kGoldenReads);
  EXPECT_EQ(to_hex(state->canonical()), to_hex(golden("state.txt")));
}

TEST(Golden, AStateWithoutTheStampOfAChangeThatItHoldsIsRefused) {
  std::string state = to_hex(golden("state.txt"));
  const std::string stamped = "03ffa7d6b90702";
  const std::size_t at = state.find(stamped);
  ASSERT_NE(at, std::string::npos);
  state.replace(at, stamped.size(), "02");
  EXPECT_EQ(message(State::decode(from_hex(state).value())), "The state is malformed.");
}

TEST(Golden, TheExamplesOfTheSpecificationAreWhatIsWritten) {
  Importer importer(TextRules{});
  ASSERT_TRUE(importer.parse(
      R"({"collection":"cases","id":"k-7","doc":{"opened":"2025-04-19","visits":[{"by":"nurse"},{"temp":38.8}],"open":true}})"));
  std::vector<Bytes> changes;
  ASSERT_TRUE(importer.encode(
      {}, Stamp{1761000000000ULL << 16}, {}, [](std::string_view) { return true; },
      [] { return TransactionId{}; }, changes));
  const Bytes& bytes = changes.at(0);
  EXPECT_EQ(to_hex(bytes),
            "912aa560a20000036b2d3708"
            "056361736573"
            "010c6f70656e65640e"
            "010c7669736974734f00"
            "13010462790c"
            "114f00"
            "13010874656d7012"
            "01086f70656e02"
            "21"
            "056e75727365"
            "b2c48806");
  State state;
  ASSERT_TRUE(state.apply(*decode_change(bytes, {author('a'), 1}), {author('a'), 1}));
  EXPECT_EQ(to_hex(state.canonical()),
            "01"
            "05616161616161616161616161616161610"
            "1f2a9b66dce8d2d171dec784a31cf40a901"
            "010101000100"
            "0103808885d6d40a00"
            "0003"
            "106f70656e050a"
            "631d09b2c4"
            "7308050c"
            "00030004"
            "0201030400011359056e75727365"
            "01020400011074656d70658806");
}

}  // namespace
}  // namespace relais::document

// An import too large for one change is several changes, all by content.
#include "document/codec/change_reader.h"
#include "document/making.h"

namespace relais::document {
namespace {

/// Content of every kind that an import writes, with a cut in each: a list of numbers, a text in
/// consecutive pieces, and objects in lists in lists.
std::string large_document() {
  std::string json = R"({"numbers":[0)";
  for (int i = 1; i < 40000; ++i) json += "," + std::to_string(i);
  json += R"(],"text":")";
  for (int i = 0; i < 40000; ++i) json += "éЖ🙂x";
  json += R"(","visits":[)";
  for (int i = 0; i < 9; ++i) {
    json += (i > 0 ? R"(,[{"by":"nurse","note":")" : R"([{"by":"nurse","note":")") +
            std::string(60000, 'n') + R"("},)" + std::to_string(i) + "]";
  }
  return json + "]}";
}

/// Imports the document at the next positions of a device.
struct Device {
  explicit Device(char name, std::uint64_t seq) : at{author(name), seq} {}

  std::vector<std::pair<Position, Change>> import(const std::string& doc, std::uint64_t ms,
                                                  const std::string& user) {
    Importer importer;
    EXPECT_TRUE(importer.parse(R"({"collection":"cases","id":"one","doc":)" + doc + "}"));
    EXPECT_TRUE(importer.encode(
        {}, Stamp{ms << 16}, {std::nullopt, user}, [](std::string_view) { return true; },
        [] { return TransactionId{}; }, bytes));
    std::vector<std::pair<Position, Change>> changes;
    for (const Bytes& each : bytes) {
      auto change = decode_change(each, at);
      EXPECT_TRUE(change) << message(change);
      if (!change) break;
      EXPECT_EQ(encode(*change, at), each);
      changes.emplace_back(at, std::move(*change));
      ++at.seq;
    }
    return changes;
  }

  Position at;
  std::vector<Bytes> bytes;
};

State applied(const std::vector<std::pair<Position, Change>>& changes) {
  State state;
  for (const auto& [at, change] : changes) EXPECT_TRUE(state.apply(change, at));
  return state;
}

class ImportInParts : public ::testing::Test {
 protected:
  const std::string doc = large_document();
  Device one{'a', 5};
  Device other{'b', 900};
  const std::vector<std::pair<Position, Change>> first = one.import(doc, 2000, "");
  const std::vector<std::pair<Position, Change>> second =
      other.import(doc, 1000, std::string(limits::kUserBytes, 'u'));
};

TEST_F(ImportInParts, EqualLargeImportsOnTwoDevicesAreOne) {
  ASSERT_GT(first.size(), 4u);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].second.content, second[i].second.content) << "whoever imports it, and when";
    EXPECT_EQ(first[i].second.cites.contents.size(), i) << "a part lists those before it";
  }
  // Alternating, and one after the other.
  State a = applied(first);
  State b;
  for (std::size_t i = 0; i < first.size(); ++i) {
    ASSERT_TRUE(b.apply(second[i].second, second[i].first));
    ASSERT_TRUE(b.apply(first[i].second, first[i].first));
  }
  for (const auto& [at, change] : second) ASSERT_TRUE(a.apply(change, at));
  EXPECT_EQ(to_json({&a}), doc);
  EXPECT_TRUE(a.conflicts().empty());
  EXPECT_TRUE(a.canonical() == b.canonical());
  State merged = applied(first);
  merged.merge(applied(second));
  EXPECT_EQ(to_json({&merged}), doc);
  EXPECT_TRUE(merged.conflicts().empty());
  const auto stored = State::decode(a.canonical());
  ASSERT_TRUE(stored.has_value());
  EXPECT_TRUE(stored->canonical() == a.canonical());
}

TEST_F(ImportInParts, APartWithoutThePartsBeforeItDoesNothingWhateverElseIsHere) {
  const Position liar{author('l'), 2};
  Bytes bytes = encode(first[1].second, liar);
  const auto alone = decode_change(bytes, liar);
  ASSERT_TRUE(alone.has_value());
  EXPECT_EQ(alone->content, first[1].second.content);
  State a;
  a.skip({liar.author, 1});
  ASSERT_TRUE(a.apply(*alone, liar));
  EXPECT_TRUE(a.empty());
  for (const auto& [at, change] : first) ASSERT_TRUE(a.apply(change, at));
  EXPECT_EQ(to_json({&a}), doc);
  State b = applied(first);
  b.skip({liar.author, 1});
  ASSERT_TRUE(b.apply(*alone, liar));
  EXPECT_TRUE(a.canonical() == b.canonical());
}

TEST_F(ImportInParts, ADifferenceInTheFirstPartMakesAllPartsOthers) {
  std::string changed = doc;
  changed.replace(changed.find("[0,1,"), 5, "[0,2,");
  const auto third = Device('c', 1).import(changed, 1000, "");
  ASSERT_EQ(third.size(), first.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_NE(third[i].second.content, first[i].second.content);
  }
}

TEST_F(ImportInParts, WhoDeletesOneCarriersImportHidesAllThatIsEqual) {
  Person c('c');
  c.state = applied(first);
  const Change deletion = c.edit([](Draft& d) { return d.erase({}); });
  EXPECT_EQ(deletion.cites.contents.size(), first.size());
  State state = applied(second);
  for (const auto& [at, change] : first) ASSERT_TRUE(state.apply(change, at));
  ASSERT_TRUE(state.apply(deletion, c.position()));
  EXPECT_TRUE(state.empty());
}

TEST_F(ImportInParts, AnImportInPartsIsTakenBackAsAWhole) {
  Person c('c');
  c.state = applied(first);
  std::vector<Draft::Placed> deed;
  for (const auto& [at, change] : first) deed.push_back({&change, at});
  c.edit_large([&](Draft& d) { return d.undo(State(), deed); });
  EXPECT_TRUE(c.state.empty()) << c.json().substr(0, 100);
}

TEST_F(ImportInParts, AnElementOfAnEarlierPartIsEditedInALaterOne) {
  Person c('c');
  c.state = applied(first);
  const Change edit = c.put("visits/8/0/by", "\"midwife\"");
  State state = applied(second);
  for (const auto& [at, change] : first) ASSERT_TRUE(state.apply(change, at));
  ASSERT_TRUE(state.apply(edit, c.position()));
  EXPECT_EQ(to_json(state, *parse_path("visits/8/0/by", state)), "\"midwife\"");
  EXPECT_TRUE(state.conflicts().empty());
}

/// With authors of the later parts that sort before the first, as half of them do.
TEST(ImportOfALargeList, MovesNotAllElementsForEachThatIsInserted) {
  std::string doc = R"({"l":[0)";
  for (int i = 1; i < 400000; ++i) doc += ",0";
  doc += "]}";
  Device device('a', 1);
  const State state = applied(device.import(doc, 1, ""));
  EXPECT_EQ(to_json({&state}), doc);
}

/// The bytes of the second part with another header: its citations follow the extras byte and the
/// transaction id.
TEST_F(ImportInParts, APartThatCitesMoreThanThePartsBeforeItIsRefused) {
  const Position at = first[1].first;
  const Bytes& part = one.bytes[1];
  const auto reads = [&](const Change& change) {
    return decode_change(encode(change, at), at).has_value();
  };
  EXPECT_TRUE(reads(first[1].second));
  Change change = first[1].second;
  change.cites.cited.push_back({author('z'), 3, {}, 0});
  EXPECT_FALSE(reads(change)) << "another author's change";
  change = first[1].second;
  change.cites.exceptions.push_back({at.author, at.seq - 1});
  EXPECT_FALSE(reads(change)) << "an exception";
  change = first[1].second;
  change.cites.own_before = 0;
  change.context = Context();
  EXPECT_FALSE(reads(change)) << "parts, but not the place before";
  change = first[0].second;
  change.cites.own_before = at.seq - 1;
  EXPECT_FALSE(reads(change)) << "the place before, but no parts";
  // 0x01, the number of entries: its own log only; 0x01: one place before.
  const std::size_t cited =
      part.find(Bytes("\x01\x01", 2) + Bytes(1, '\x01') + Bytes(first[0].second.content->view()));
  ASSERT_NE(cited, Bytes::npos);
  Bytes further = part;
  further[cited + 1] = 2;
  EXPECT_FALSE(decode_change(further, at).has_value()) << "two places before";
}

TEST(ImportOfALargeList, HasAtMostAsManyPartsAsTheLastOneLists) {
  constexpr std::size_t kMost = 257 * limits::kOpsPerChange;
  for (const std::size_t count : {kMost, kMost + 1}) {
    std::string list = "0";
    for (std::size_t i = 1; i < count; ++i) list += ",0";
    Importer importer;
    ASSERT_TRUE(importer.parse(R"({"collection":"cases","id":"one","doc":{"l":[)" + list + "]}}"));
    std::vector<Bytes> parts;
    const Status encoded = importer.encode(
        {}, Stamp{1}, {}, [](std::string_view) { return true; }, [] { return TransactionId{}; },
        parts);
    if (count > kMost) {
      EXPECT_EQ(message(encoded), "The document needs more than 257 changes.");
      continue;
    }
    ASSERT_TRUE(encoded) << message(encoded);
    ASSERT_EQ(parts.size(), 257u);
    const auto last = decode_change(parts.back(), {author('a'), 257});
    ASSERT_TRUE(last) << message(last);
    EXPECT_EQ(last->cites.contents.size(), 256u);
  }
}

}  // namespace
}  // namespace relais::document

#include <limits>

#include "document/making.h"

/// How each kind merges concurrent edits of two people.
namespace relais::document {
namespace {

class Kinds : public testing::Test {
 protected:
  Person amina{'a'};
  Person boris{'b'};

  Field field(std::string_view path) {
    auto read = read_field(amina.state, amina.path(path));
    EXPECT_TRUE(read.has_value()) << path;
    return read ? *read : Field{};
  }
};

TEST_F(Kinds, TwoWeightsWrittenApartBothStayUntilOneIsWrittenAgain) {
  amina.put("medical/weight_kg", "61");
  boris.clock = 5;
  boris.put("medical/weight_kg", "62.5");
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"medical":{"weight_kg":62.5}})");
  const auto conflicts = amina.state.conflicts();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(to_text(conflicts[0].path, amina.state), "medical/weight_kg");
  ASSERT_EQ(conflicts[0].siblings.size(), 2U);
  EXPECT_EQ(conflicts[0].siblings[1].value, Value(61));
  EXPECT_EQ(conflicts[0].siblings[1].dot.author, author('a'));
  EXPECT_FALSE(conflicts[0].revived);
  amina.put("medical/weight_kg", "62");
  exchange(amina, boris);
  EXPECT_FALSE(boris.state.has_conflicts());
  EXPECT_EQ(boris.json(), R"({"medical":{"weight_kg":62}})");
}

TEST_F(Kinds, EqualValuesWrittenApartAreNoConflict) {
  amina.put("a", "1");
  boris.put("a", "1");
  exchange(amina, boris);
  EXPECT_FALSE(amina.state.has_conflicts());
  EXPECT_EQ(field("a").siblings.size(), 1U);
}

TEST_F(Kinds, TheClockOnlyDecidesWhatIsShownAndTiesGoToTheAuthor) {
  amina.put("a", "1");
  boris.put("a", "2");
  exchange(amina, boris);
  EXPECT_EQ(field("a").siblings[0].value, Value(2)) << "the same time: the larger author id";
  EXPECT_EQ(field("a").siblings.size(), 2U);
}

TEST_F(Kinds, AWriteThatListsWhatItOverwritesLeavesTheRest) {
  amina.put("a", "1");
  boris.put("a", "2");
  const Position position{author('c'), 1};
  exchange(amina, boris);
  Change undo{{{"cases", "one"}, amina.state.context(), Stamp{9}, {}}, {}};
  undo.ops.push_back(
      {{std::string("a")}, op::Set{Value(3), std::vector<Dot>{{author('b'), 1, 0}}}});
  const auto decoded = decode_change(encode(undo, position), position);
  ASSERT_TRUE(decoded.has_value());
  amina.take(*decoded, position);
  ASSERT_EQ(field("a").siblings.size(), 2U);
  EXPECT_EQ(field("a").siblings[0].value, Value(1));
  EXPECT_EQ(field("a").siblings[1].value, Value(3));
}

TEST_F(Kinds, AnUpdateContestsADeletionThatHadNotSeenItAndAllIsShown) {
  amina.put("", R"({"legal":{"stage":"filed","complaint":"RMP/1"}})");
  exchange(amina, boris);
  amina.edit([&](Draft& d) { return d.erase(amina.path("legal")); });
  boris.put("legal/stage", "\"hearing\"");
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"legal":{"complaint":"RMP/1","stage":"hearing"}})");
  const auto conflicts = boris.state.conflicts();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_TRUE(conflicts[0].revived);
  EXPECT_EQ(to_text(conflicts[0].path, boris.state), "legal");
  boris.edit([&](Draft& d) { return d.restore(boris.path("legal")); });
  EXPECT_FALSE(boris.state.has_conflicts()) << "settled by one who knew of both";
  EXPECT_EQ(boris.json(), R"({"legal":{"complaint":"RMP/1","stage":"hearing"}})");
}

TEST_F(Kinds, WhatWasDeletedDoesNotComeBack) {
  amina.put("", R"({"a":1,"l":[1,2],"m":{"x":2}})");
  const State old = amina.state;
  amina.edit([&](Draft& d) { return d.erase({}); });
  EXPECT_TRUE(amina.state.empty());
  EXPECT_EQ(amina.json(), "{}");
  amina.state.merge(old);
  EXPECT_TRUE(amina.state.empty());
  EXPECT_FALSE(amina.state.has_conflicts());
}

TEST_F(Kinds, TwoKindsAtOnePathBothSurvive) {
  amina.put("note", "\"short\"");
  boris.put("note", R"({"text":"long"})");
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"note":{"text":"long"}})") << "containers first";
  EXPECT_EQ(field("note").other_kinds, std::vector<FieldKind>{FieldKind::value});
  const auto conflicts = amina.state.conflicts();
  ASSERT_EQ(conflicts.size(), 2U);
  EXPECT_TRUE(conflicts[0].kinds_clash && conflicts[1].kinds_clash);
  amina.edit([&](Draft& d) { return d.set(amina.path("note"), "agreed"); });
  EXPECT_EQ(amina.json(), R"({"note":"agreed"})");
  EXPECT_FALSE(amina.state.has_conflicts());
}

TEST_F(Kinds, ASetKeepsWhatIsAddedAtOnceWithItsRemoval) {
  const Path allergies{std::string("allergies")};
  amina.edit([&](Draft& d) { return d.add(allergies, "latex"); });
  exchange(amina, boris);
  amina.edit([&](Draft& d) { return d.remove(allergies, "latex"); });
  EXPECT_EQ(amina.json(), R"({"allergies":[]})");
  boris.edit([&](Draft& d) { return d.add(allergies, "latex"); });
  boris.edit([&](Draft& d) { return d.add(allergies, "iodine"); });
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"allergies":["iodine","latex"]})");
  Draft draft = amina.draft();
  EXPECT_EQ(draft.remove(allergies, "nuts").error().code(), ErrorCode::not_found);
}

TEST_F(Kinds, ARemovalThatArrivesLateLeavesWhatItHadNotSeen) {
  const Path allergies{std::string("allergies")};
  amina.edit([&](Draft& d) { return d.add(allergies, "latex"); });
  exchange(amina, boris);
  const Change removal = amina.edit([&](Draft& d) { return d.remove(allergies, "latex"); });
  boris.edit([&](Draft& d) { return d.add(allergies, "latex"); });
  boris.take(removal, amina.position());
  EXPECT_EQ(boris.json(), R"({"allergies":["latex"]})");
}

TEST_F(Kinds, ACounterAddsUpWhatEachCountedAndIsResetOnlyAsFarAsSeen) {
  const Path stock{std::string("stock")};
  amina.edit([&](Draft& d) { return d.count(stock, 10); });
  exchange(amina, boris);
  amina.edit([&](Draft& d) { return d.count(stock, -3); });
  boris.edit([&](Draft& d) { return d.count(stock, 5); });
  exchange(amina, boris);
  EXPECT_EQ(field("stock").count, 12);
  amina.edit([&](Draft& d) { return d.erase(stock); });
  boris.edit([&](Draft& d) { return d.count(stock, 2); });
  EXPECT_EQ(amina.json(), "{}");
  exchange(amina, boris);
  EXPECT_EQ(field("stock").count, 14) << "the deletion is contested: all is shown";
  amina.edit([&](Draft& d) { return d.count(stock, 1); });
  EXPECT_EQ(amina.json(), R"({"stock":15})");
  amina.edit([&](Draft& d) { return d.erase(stock); });
  EXPECT_EQ(amina.json(), "{}");
  amina.edit([&](Draft& d) { return d.count(stock, 4); });
  EXPECT_EQ(amina.json(), R"({"stock":4})") << "what was deleted isn't counted on";
}

TEST_F(Kinds, ACounterGoesOnFromWhatADeletionHadSeenOfIt) {
  const Path stock{std::string("stock")};
  amina.edit([&](Draft& d) { return d.count(stock, 10); });
  exchange(amina, boris);
  boris.edit([&](Draft& d) { return d.erase(stock); });
  boris.edit([&](Draft& d) { return d.count(stock, 1); });
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"stock":1})");
  amina.edit([&](Draft& d) { return d.count(stock, 2); });
  EXPECT_EQ(amina.json(), R"({"stock":3})") << "the ten were deleted";
}

TEST_F(Kinds, ACounterRefusesToWrap) {
  const Path stock{std::string("stock")};
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  amina.edit([&](Draft& d) { return d.count(stock, kMost); });
  Draft draft = amina.draft();
  EXPECT_EQ(message(draft.count(stock, 1)), "The counter would exceed 64 bits.");
  boris.edit([&](Draft& d) { return d.count(stock, 1); });
  exchange(amina, boris);
  EXPECT_EQ(read_field(amina.state, stock).error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(amina.json(), R"({"stock":9223372036854775808.0})")
      << "the sum, not a wrapped one, and nothing that an import refuses";
}

TEST_F(Kinds, ItemsInsertedAtOnePlaceDoNotInterleave) {
  amina.put("visits", "[1,9]");
  exchange(amina, boris);
  for (int i = 2; i <= 4; ++i) {
    amina.edit([&](Draft& d) {
      return d.insert_json(amina.path("visits"), static_cast<std::size_t>(i - 1),
                           std::to_string(i));
    });
    boris.edit([&](Draft& d) {
      return d.insert_json(boris.path("visits"), static_cast<std::size_t>(i - 1),
                           std::to_string(i + 3));
    });
  }
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"visits":[1,2,3,4,5,6,7,9]})");
}

TEST_F(Kinds, AnItemEditedAtOnceWithItsDeletionStays) {
  amina.put("visits", R"([{"by":"nurse"},{"by":"doctor"}])");
  exchange(amina, boris);
  amina.edit([&](Draft& d) { return d.erase(amina.path("visits/0")); });
  boris.put("visits/0/note", "\"pain\"");
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"visits":[{"by":"nurse","note":"pain"},{"by":"doctor"}]})");
  EXPECT_EQ(amina.state.conflicts().size(), 1U);
}

TEST_F(Kinds, AnEmptiedListTextOrSetIsStillThere) {
  amina.put("", R"({"l":[1],"note":"x"})");
  amina.edit(
      [&](Draft& d) { return d.update_text(d.state().empty() ? Path{} : amina.path("t"), "abc"); });
  amina.edit([&](Draft& d) { return d.erase(amina.path("l/0")); });
  amina.edit([&](Draft& d) { return d.update_text(amina.path("t"), ""); });
  EXPECT_EQ(amina.json(), R"({"l":[],"note":"x","t":""})");
  amina.edit([&](Draft& d) { return d.erase(amina.path("l")); });
  EXPECT_EQ(amina.json(), R"({"note":"x","t":""})");
}

TEST_F(Kinds, NeitherOfTwoWritersOfATextLosesAWord) {
  const Path note{std::string("note")};
  amina.edit([&](Draft& d) { return d.update_text(note, "pain since two weeks"); });
  exchange(amina, boris);
  amina.edit([&](Draft& d) { return d.update_text(note, "severe pain since two weeks"); });
  boris.edit([&](Draft& d) { return d.update_text(note, "pain since three weeks, fever 🤒"); });
  exchange(amina, boris);
  EXPECT_EQ(field("note").text, "severe pain since three weeks, fever 🤒");
}

TEST_F(Kinds, TextTypedInOnePlaceByTwoDoesNotInterleave) {
  const Path note{std::string("note")};
  amina.edit([&](Draft& d) { return d.update_text(note, "()"); });
  exchange(amina, boris);
  for (std::size_t i = 0; i < 4; ++i) {
    amina.edit([&](Draft& d) { return d.splice_text(note, 1 + i, 0, std::string(1, "nurs"[i])); });
    boris.edit([&](Draft& d) { return d.splice_text(note, 1, 0, std::string(1, "rtcd"[i])); });
  }
  exchange(amina, boris);
  const std::string text = field("note").text;
  EXPECT_TRUE(text == "(nursdctr)" || text == "(dctrnurs)") << text;
}

TEST_F(Kinds, AnItemWhoseNeighbourIsLostStandsLast) {
  boris.put("l", "[1]");
  const Position lost = boris.position();
  const Change after = boris.edit([&](Draft& d) { return d.append_json(boris.path("l"), "2"); });
  const Change note = boris.put("l/0/note", "\"kept\"");
  amina.put("l", "[7]");
  amina.state.skip(lost);
  amina.take(after, {author('b'), 2});
  amina.take(note, {author('b'), 3});
  EXPECT_EQ(amina.json(), R"({"l":[7,2,{"note":"kept"}]})");
  const auto stored = State::decode(amina.state.canonical());
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(to_json({&*stored}), amina.json());
  amina.edit([&](Draft& d) { return d.append_json(amina.path("l"), "8"); });
  EXPECT_EQ(amina.json(), R"({"l":[7,2,8,{"note":"kept"}]})");
}

TEST_F(Kinds, AChangeWaitsForWhatItBuildsOn) {
  amina.put("a", "1");
  const Position first = amina.position();
  const Change second = amina.put("a", "2");
  EXPECT_FALSE(boris.state.ready(second));
  EXPECT_EQ(message(boris.state.apply(second, amina.position())),
            "The change builds on changes of the document that aren't applied yet.");
  boris.state.skip(first);
  boris.take(second, amina.position());
  boris.take(second, amina.position());
  EXPECT_EQ(boris.json(), R"({"a":2})");
}

}  // namespace
}  // namespace relais::document

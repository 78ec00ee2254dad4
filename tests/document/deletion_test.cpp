#include <algorithm>

#include "base/limits.h"
#include "document/making.h"

/// Deletions hide: docs/spec/document.md, "Deletion".
namespace relais::document {
namespace {

constexpr char kPatient[] = R"({"name":"Ada","village":"Sake","visits":[{"by":"nurse"}]})";

Change erase_all(Person& person) {
  return person.edit([](Draft& draft) { return draft.erase({}); });
}
Change restore_all(Person& person) {
  return person.edit([](Draft& draft) { return draft.restore({}); });
}

class Deletion : public ::testing::Test {
 protected:
  void SetUp() override {
    a.put("", kPatient);
    exchange(a, b);
    exchange(a, c);
  }

  /// A deletes, B undoes that, and C, having seen both, writes: returns the change of C, and the
  /// restoration.
  std::pair<Change, Position> write_after_restore() {
    erase_all(a);
    exchange(a, b);
    restore_all(b);
    const Position restored = b.position();
    exchange(b, c);
    return {c.put("village", "\"Goma\""), restored};
  }

  Person a{'a'};
  Person b{'b'};
  Person c{'c'};
};

TEST_F(Deletion, OfADocumentThatSomebodyAddsToShowsItWholeAsOneConflict) {
  erase_all(a);
  b.put("phone", "\"0990\"");
  exchange(a, b);
  EXPECT_EQ(a.json(),
            R"({"name":"Ada","phone":"0990","village":"Sake","visits":[{"by":"nurse"}]})");
  ASSERT_EQ(a.state.conflicts().size(), 1u);
  EXPECT_TRUE(a.state.conflicts()[0].revived);
  EXPECT_TRUE(a.state.conflicts()[0].path.empty());
}

TEST_F(Deletion, ThatIsContestedHidesNothingWhileTheEditThatContestsItIsWrittenOver) {
  const std::vector<std::pair<const char*, const char*>> edits{
      {R"({"name":"Bea","visits":[{"by":"nurse"}]})",
       R"({"name":"Bea","village":"Sake","visits":[{"by":"nurse"}]})"},
      {R"({"name":["Bea"],"visits":[{"by":"midwife"}]})",
       R"({"name":["Bea"],"village":"Sake","visits":[{"by":"midwife"}]})"},
      {R"({"name":{"given":"Bea"},"visits":[]})",
       R"({"name":{"given":"Bea"},"village":"Sake","visits":[]})"}};
  erase_all(a);
  b.put("name", "\"Ada B.\"");
  exchange(a, b);
  for (const auto& [put, reads] : edits) {
    Person reader = b;
    reader.put("", put);
    EXPECT_EQ(reader.json(), reads);
    EXPECT_EQ(reader.state.conflicts().size(), 1u) << "it is still to be settled";
  }
}

TEST_F(Deletion, ThatIsContestedHidesNothingWhileTheEditThatContestsItIsDeleted) {
  erase_all(a);
  b.put("name", "\"Ada B.\"");
  exchange(a, b);
  b.edit([](Draft& draft) -> Status {
    if (auto erased = draft.erase({Step("name")}); !erased) return erased;
    return draft.set({Step("village")}, Value("Goma"));
  });
  EXPECT_EQ(b.json(), R"({"village":"Goma","visits":[{"by":"nurse"}]})");
}

TEST_F(Deletion, SettledByAnotherOneIsTakenBackWithIt) {
  a.edit([](Draft& draft) { return draft.make_void({}, "entered twice"); });
  b.put("phone", "\"0990\"");
  exchange(a, b);
  EXPECT_TRUE(voided_fields(a.state).empty()) << "it is shown";
  ASSERT_EQ(a.state.conflicts()[0].deletions.size(), 1u);
  EXPECT_EQ(a.state.conflicts()[0].deletions[0].reason, "entered twice");
  erase_all(b);  // b has seen both, and deletes again
  exchange(a, b);
  EXPECT_TRUE(a.state.empty());
  EXPECT_FALSE(a.state.has_conflicts());
  restore_all(a);
  EXPECT_FALSE(a.state.empty()) << "the first deletion would be contested again: both are over";
  EXPECT_FALSE(a.state.has_conflicts());
}

/// For edits of a deleted text by a writer that has seen the deletion: honest programs refuse them.
TEST_F(Deletion, HidesWhatIsLeftOfATextOfWhichAPartIsDeleted) {
  const Path note{Step("note")};
  a.edit([&](Draft& draft) { return draft.splice_text(note, 0, 0, "one two three"); });
  exchange(a, b);
  exchange(a, c);
  Change part = b.edit([&](Draft& draft) { return draft.splice_text(note, 4, 4, ""); });
  Change more = c.edit([&](Draft& draft) { return draft.splice_text(note, 13, 0, "!"); });
  erase_all(a);
  for (Change* change : {&part, &more}) {
    change->context.advance(a.position().author, a.position().seq);
  }
  ASSERT_TRUE(a.state.apply(part, b.position()));
  ASSERT_TRUE(a.state.apply(more, c.position()));
  EXPECT_EQ(a.json(), R"({"note":"!"})");
  const auto decoded = State::decode(a.state.canonical());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(to_json({&*decoded}), R"({"note":"!"})");
}

TEST_F(Deletion, IsTakenBackWholeByRestore) {
  erase_all(a);
  EXPECT_EQ(a.json(), "{}");
  restore_all(a);
  EXPECT_EQ(a.json(), kPatient);
  EXPECT_EQ(message(a.draft().restore({})), "Nothing was deleted at the path.");
  exchange(a, b);
  EXPECT_EQ(b.json(), kPatient);
}

TEST_F(Deletion, ThatHadNotSeenARestoreIsContestedByIt) {
  erase_all(a);
  exchange(a, b);
  restore_all(b);
  erase_all(c);  // c has seen neither
  exchange(b, c);
  EXPECT_EQ(b.json(), kPatient);
  EXPECT_TRUE(b.state.has_conflicts());
}

TEST_F(Deletion, StaysContestedWhenSomebodyEditsOverTheEditThatContestsIt) {
  erase_all(a);
  b.put("village", "\"Goma\"");
  exchange(a, b);
  b.put("village", "\"Beni\"");
  EXPECT_EQ(b.json(), R"({"name":"Ada","village":"Beni","visits":[{"by":"nurse"}]})");
  EXPECT_TRUE(b.state.has_conflicts()) << "nobody has settled it";
}

TEST_F(Deletion, LetsNothingBeWrittenBelowItButFromTheStart) {
  erase_all(a);
  Draft below = a.draft();
  EXPECT_EQ(below.set(a.path("name"), "Eva").error().code(), ErrorCode::deleted);
  EXPECT_EQ(message(below.set(a.path("name"), "Eva")),
            "The parent of the field was deleted: restore the parent, or write all of it again.");
  a.edit([](Draft& draft) { return draft.put_json({}, R"({"name":"Eva"})"); });
  EXPECT_EQ(a.json(), R"({"name":"Eva"})");
  EXPECT_FALSE(a.state.has_conflicts());
  exchange(a, b);
  EXPECT_EQ(b.json(), R"({"name":"Eva"})") << "what was deleted stays so";
}

TEST_F(Deletion, OfATextHidesTheTextThatItSawAndNoOther) {
  const Path note{std::string("note")};
  a.edit([&](Draft& draft) { return draft.update_text(note, "sleeps badly"); });
  exchange(a, b);
  a.edit([&](Draft& draft) { return draft.erase(note); });
  a.edit([&](Draft& draft) { return draft.update_text(note, "eats well"); });
  exchange(a, b);
  EXPECT_EQ(b.json().substr(0, 41), R"({"name":"Ada","note":"eats well","village)");
  const auto decoded = State::decode(a.state.canonical());
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(to_json({&*decoded}), a.json());
}

TEST_F(Deletion, StaysTakenBackForWhoWroteAfterwardsThoughTheRestoreCountsNoMore) {
  const auto [edit, restored] = write_after_restore();
  const Position deleted = a.position();
  State without = a.state;
  without.skip(restored);
  ASSERT_TRUE(without.apply(edit, c.position()).has_value());
  EXPECT_EQ(to_json({&without}), R"({"name":"Ada","village":"Goma","visits":[{"by":"nurse"}]})")
      << "not the village alone";
  EXPECT_TRUE(without.context().covers(deleted.author, deleted.seq));
}

TEST_F(Deletion, ThatIsContestedByWhatASettlementOverwritesHidesNothingOfWhatItSettles) {
  erase_all(a);
  b.put("visits", R"([{"by":"midwife"}])");
  b.put("village", "\"Goma\"");
  c.put("village", "\"Bukavu\"");
  b.edit([&](Draft& draft) { return draft.set(b.path("visits/0/by"), "doctor"); });
  exchange(a, b);
  exchange(a, c);
  const Change settled = a.edit([&](Draft& draft) { return draft.keep(a.path("village")); });
  EXPECT_TRUE(std::holds_alternative<op::Keep>(settled.ops.front().what));
  EXPECT_EQ(a.json(), R"({"name":"Ada","village":"Bukavu","visits":[{"by":"doctor"}]})");
  Draft nothing = a.draft();
  ASSERT_TRUE(nothing.keep(a.path("village")).has_value());
  EXPECT_TRUE(nothing.empty()) << "it is settled";
}

TEST_F(Deletion, OfAnObjectStaysWholeThoughAListOfObjectsBeginsInItsPlace) {
  const Path visits{std::string("visits")};
  b.put("village", "\"Goma\"");
  a.edit([&](Draft& draft) { return draft.put_json(visits, "{}"); });
  a.edit([&](Draft& draft) { return draft.put_json(visits, "[{}]"); });
  const State before = a.state;
  a.edit([&](Draft& draft) { return draft.erase(visits); });
  a.edit([&](Draft& draft) { return draft.restore(visits); });
  EXPECT_EQ(to_json(a.state, visits), to_json(before, visits));
  a.edit([&](Draft& draft) { return draft.restore(visits); });
  EXPECT_EQ(read_field(a.state, visits)->other_kinds.size() + 1, 2u) << "the object is there again";
}

TEST_F(Deletion, TakenBackByARepeatAloneIsTakenBackByWhoWritesNext) {
  const auto [repeat, restored] = write_after_restore();
  Person d('d');
  d.state = a.state;
  d.state.skip(restored);
  ASSERT_TRUE(d.state.apply(repeat, c.position()).has_value());
  const Change edit = d.put("name", "\"Eva\"");
  State without = a.state;
  without.skip(restored);
  without.skip(c.position());
  ASSERT_TRUE(without.apply(edit, d.position()).has_value());
  EXPECT_EQ(to_json({&without}), R"({"name":"Eva","village":"Sake","visits":[{"by":"nurse"}]})");
}

TEST_F(Deletion, OfTwoOneBeneathTheOtherIsTakenBackFromTheTop) {
  a.edit([&](Draft& draft) { return draft.erase(a.path("visits")); });
  erase_all(a);
  restore_all(a);
  EXPECT_EQ(a.json(), R"({"name":"Ada","village":"Sake"})");
  a.edit([&](Draft& draft) { return draft.restore({std::string("visits")}); });
  EXPECT_EQ(a.json(), kPatient);
}

TEST_F(Deletion, IsUndoneByWhoMadeIt) {
  const State before = a.state;
  const Change change = erase_all(a);
  const Position position = a.position();
  a.edit([&](Draft& draft) { return draft.undo(before, change, position); });
  EXPECT_EQ(a.json(), kPatient);
  EXPECT_FALSE(a.state.has_conflicts());
}

/// Undoes the last change of a person, which receives none in between.
struct LastChange {
  explicit LastChange(Person& person, Change change, State before)
      : before_(std::move(before)), change_(std::move(change)), position_(person.position()) {}
  Status undo(Draft& draft) const { return draft.undo(before_, change_, position_); }

 private:
  State before_;
  Change change_;
  Position position_;
};

LastChange restore_and_note(Person& person, std::string_view at) {
  State before = person.state;
  Change change = person.edit([&](Draft& draft) { return draft.restore(person.path(at)); });
  return LastChange(person, std::move(change), std::move(before));
}

TEST_F(Deletion, TakenBackAndUndoneHidesAgainAndSaysWhyAgain) {
  a.edit([](Draft& draft) { return draft.make_void({}, "the wrong patient"); });
  const LastChange restored = restore_and_note(a, "");
  a.edit([&](Draft& draft) { return restored.undo(draft); });
  EXPECT_EQ(a.json(), "{}");
  ASSERT_EQ(voided_fields(a.state).size(), 1u);
  EXPECT_EQ(voided_fields(a.state)[0].reason, "the wrong patient");
}

TEST_F(Deletion, TakenBackAndUndoneHidesNothingThatSomebodyElseHasWrittenSince) {
  erase_all(a);
  const LastChange restored = restore_and_note(a, "");
  exchange(a, b);
  b.put("phone", "\"+243 1\"");
  exchange(a, b);
  const std::string whole = a.json();
  EXPECT_NE(whole.find("+243 1"), std::string::npos);
  Draft draft = a.draft();
  EXPECT_EQ(message(restored.undo(draft)), "Nothing of the change is left to undo.");
  EXPECT_EQ(to_json({&draft.state()}), whole);
  a.edit([](Draft& other) { return other.put_json({std::string("village")}, "\"Goma\""); });
  EXPECT_NE(a.json().find("+243 1"), std::string::npos);
}

TEST_F(Deletion, OfARegisterTakenBackAndUndoneLeavesTheValueThatSomebodyElseWroteOverTheVoid) {
  a.put("weight", "31");
  const Path weight{std::string("weight")};
  a.edit([&](Draft& draft) { return draft.make_void(weight, "the wrong patient"); });
  exchange(a, b);
  const LastChange restored = restore_and_note(a, "weight");
  b.put("weight", "28");
  exchange(a, b);
  Draft draft = a.draft();
  EXPECT_EQ(message(restored.undo(draft)), "Nothing of the change is left to undo.");
  EXPECT_NE(a.json().find("\"weight\":28"), std::string::npos);
}

TEST_F(Deletion, OfARegisterTakenBackAndUndoneWithdrawsWhatItBroughtBackBesideAnothersValue) {
  a.put("weight", "31");
  a.edit([](Draft& draft) { return draft.make_void({std::string("weight")}, "the wrong scale"); });
  const LastChange restored = restore_and_note(a, "weight");
  b.put("weight", "28");
  exchange(a, b);
  ASSERT_TRUE(a.state.has_conflicts());
  a.edit([&](Draft& draft) { return restored.undo(draft); });
  EXPECT_FALSE(a.state.has_conflicts());
  EXPECT_NE(a.json().find("\"weight\":28"), std::string::npos) << a.json();
}

TEST_F(Deletion, OfThousandsOfElementsOneByOneIsStoredAndReadAgain) {
  std::string list = "[";
  for (int i = 0; i < 3000; ++i) list += (i == 0 ? "" : ",") + std::string("{}");
  a.put("long", list + "]");
  for (int i = 0; i < 20; ++i) a.edit([&](Draft& d) { return d.erase(a.path("long/7")); });
  const Bytes bytes = a.state.canonical();
  const auto decoded = State::decode(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->canonical(), bytes);
  EXPECT_EQ(read_field(*decoded, a.path("long"))->items.size(), 2980u);
}

/// A write below a value of another kind replaces that value.
TEST(Superseding, AWriteBelowAValueThatItHasSeenLeavesNoConflict) {
  Person a('a');
  a.put("a", "1");
  a.put("a/b", "2");
  EXPECT_EQ(a.json(), R"({"a":{"b":2}})");
  EXPECT_TRUE(a.state.conflicts().empty());
  a.put("a", "3");
  EXPECT_EQ(a.json(), R"({"a":3})");
  EXPECT_TRUE(a.state.conflicts().empty());
}

TEST(Superseding, AWriteBelowAValueThatItHasNotSeenIsAConflict) {
  Person a('a'), b('b');
  a.put("a", "1");
  b.put("a/b", "2");
  exchange(a, b);
  EXPECT_EQ(a.state.conflicts().size(), 2u) << "both kinds";
  a.put("a/c", "3");
  EXPECT_EQ(a.json(), R"({"a":{"b":2,"c":3}})");
  EXPECT_TRUE(a.state.conflicts().empty());
}

/// Equal imports are one change, whoever imports.
class ByContent : public ::testing::Test {
 protected:
  static Change imported(const Position& at, std::uint64_t ms, std::string_view doc,
                         const CompartmentId& compartment = {}) {
    Importer importer(TextRules{});
    const std::string line = R"({"collection":"cases","id":"one","doc":)" + std::string(doc) + "}";
    EXPECT_TRUE(importer.parse(line));
    std::vector<Bytes> parts;
    EXPECT_TRUE(importer.encode(
        compartment, Stamp{ms << 16}, {}, [](std::string_view) { return true; },
        [] { return TransactionId{}; }, parts));
    EXPECT_EQ(parts.size(), 1u);
    auto change = decode_change(parts.at(0), at, compartment);
    EXPECT_TRUE(change.has_value());
    return change ? *change : Change();
  }
  const Position first{author('a'), 5};
  const Position second{author('b'), 9};
};

TEST_F(ByContent, EqualImportsOnTwoDevicesAreOne) {
  const Change one = imported(first, 2000, kPatient);
  const Change other = imported(second, 1000, kPatient);
  EXPECT_EQ(one.content, other.content);
  State a, b;
  ASSERT_TRUE(a.apply(one, first));
  ASSERT_TRUE(a.apply(other, second));
  ASSERT_TRUE(b.apply(other, second));
  ASSERT_TRUE(b.apply(one, first));
  EXPECT_EQ(to_json({&a}), kPatient) << "one visit, not two";
  EXPECT_TRUE(a.conflicts().empty());
  EXPECT_EQ(a.canonical(), b.canonical());
  EXPECT_EQ(read_field(a, {std::string("name")})->siblings[0].stamp.bits, 1000ULL << 16);
  const auto stored = State::decode(a.canonical());
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(stored->place_of({*one.content, 1}), first);
}

TEST_F(ByContent, ImportsThatDifferStandBesideEachOther) {
  const Change one = imported(first, 1, R"({"n":1})");
  const Change other = imported(second, 2, R"({"n":2})");
  EXPECT_NE(one.content, other.content);
  State state;
  ASSERT_TRUE(state.apply(one, first));
  ASSERT_TRUE(state.apply(other, second));
  EXPECT_EQ(state.conflicts().size(), 1u);
}

TEST_F(ByContent, TheSameDocumentInAnotherCompartmentIsAnother) {
  CompartmentId legal;
  legal.bytes.fill(7);
  EXPECT_NE(imported(first, 1, kPatient).content, imported(first, 1, kPatient, legal).content);
}

TEST_F(ByContent, WhoOverwroteOneCarriersImportHasOverwrittenAll) {
  State state;
  ASSERT_TRUE(state.apply(imported(first, 1, kPatient), first));
  Person c('c');
  c.state = state;
  const Change edit = c.put("name", "\"Eva\"");
  EXPECT_TRUE(edit.cites.contents.empty()) << "no dot of the import is named";
  EXPECT_FALSE(edit.context.covers(*imported(first, 1, kPatient).content, 1));
  State other;
  ASSERT_TRUE(other.apply(imported(second, 1, kPatient), second));
  ASSERT_TRUE(other.apply(imported(first, 1, kPatient), first));
  ASSERT_TRUE(other.apply(edit, c.position()));
  EXPECT_EQ(to_json({&other}), R"({"name":"Eva","village":"Sake","visits":[{"by":"nurse"}]})");
}

TEST_F(ByContent, ADeletionOfOneCarriersImportHidesAllThatIsEqual) {
  Person c('c');
  ASSERT_TRUE(c.state.apply(imported(first, 1, kPatient), first));
  const Change deletion = erase_all(c);
  EXPECT_EQ(deletion.cites.contents.size(), 1u);
  State other;
  ASSERT_TRUE(other.apply(imported(second, 1, kPatient), second));
  ASSERT_TRUE(other.apply(imported(first, 1, kPatient), first));
  ASSERT_TRUE(other.apply(deletion, c.position()));
  EXPECT_TRUE(other.empty());
}

}  // namespace
}  // namespace relais::document

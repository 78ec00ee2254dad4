#include "document/making.h"

namespace relais::document {
namespace {

/// A person that can undo the change made by `edit`.
struct Undoing {
  Person person{'a'};
  State before;
  Change last;
  Position at;

  template <class Edit>
  void edit(const Edit& edit) {
    before = person.state;
    last = person.edit(edit);
    at = person.position();
  }
  Status undo() {
    Draft draft = person.draft();
    const Status undone = draft.undo(before, last, at);
    if (undone) person.commit(std::move(draft));
    return undone;
  }
};

TEST(Undo, BringsBackWhatWasThere) {
  Undoing a;
  const std::string before =
      R"({"gone":[1,{"x":2}],"n":1,"note":"one two","stock":4,"tags":["a","b"]})";
  a.person.put("", R"({"gone":[1,{"x":2}],"n":1})");
  a.person.edit([](Draft& d) { return d.update_text({std::string("note")}, "one two"); });
  a.person.edit([](Draft& d) { return d.count({std::string("stock")}, 4); });
  a.person.edit([](Draft& d) { return d.add({std::string("tags")}, "a"); });
  a.person.edit([](Draft& d) { return d.add({std::string("tags")}, "b"); });
  ASSERT_EQ(a.person.json(), before);
  a.edit([](Draft& d) -> Status {
    EXPECT_TRUE(d.erase({std::string("gone")}));
    EXPECT_TRUE(d.set({std::string("n")}, 2));
    EXPECT_TRUE(d.update_text({std::string("note")}, "two three"));
    EXPECT_TRUE(d.count({std::string("stock")}, -3));
    EXPECT_TRUE(d.remove({std::string("tags")}, "a"));
    EXPECT_TRUE(d.add({std::string("tags")}, "c"));
    return d.put_json({std::string("new")}, R"({"y":[1]})");
  });
  EXPECT_EQ(a.person.json(),
            R"({"n":2,"new":{"y":[1]},"note":"two three","stock":1,"tags":["b","c"]})");
  ASSERT_TRUE(a.undo());
  EXPECT_EQ(a.person.json(), before);
}

TEST(Undo, LeavesWhatOthersWroteSince) {
  Undoing a;
  Person b('b');
  a.person.put("", R"({"n":1,"m":1})");
  exchange(a.person, b);
  a.edit([](Draft& d) -> Status {
    EXPECT_TRUE(d.set({std::string("n")}, 2));
    return d.set({std::string("m")}, 2);
  });
  exchange(a.person, b);
  b.put("n", "3");
  exchange(a.person, b);
  ASSERT_TRUE(a.undo());
  exchange(a.person, b);
  EXPECT_EQ(b.json(), R"({"m":1,"n":3})");
  EXPECT_FALSE(b.state.has_conflicts());
}

TEST(Undo, LeavesWhatOthersWroteAtTheSameTime) {
  Undoing a;
  Person b('b');
  a.person.edit([](Draft& d) { return d.update_text({std::string("note")}, "fever"); });
  exchange(a.person, b);
  a.edit([](Draft& d) { return d.update_text({std::string("note")}, "no fever today"); });
  b.edit([](Draft& d) { return d.update_text({std::string("note")}, "fever, cough"); });
  exchange(a.person, b);
  ASSERT_TRUE(a.undo());
  EXPECT_EQ(a.person.json(), R"({"note":"fever, cough"})");
}

TEST(Undo, OfAChangeThatIsOverwrittenSaysThatNothingIsLeft) {
  Undoing a;
  Person b('b');
  a.edit([](Draft& d) { return d.set({std::string("n")}, 2); });
  exchange(a.person, b);
  b.put("n", "3");
  exchange(a.person, b);
  EXPECT_EQ(message(a.undo()), "Nothing of the change is left to undo.");
}

TEST(Undo, BringsBackBothSidesOfAConflictThatWasResolved) {
  Undoing a;
  Person b('b');
  a.person.put("n", "1");
  b.put("n", "2");
  exchange(a.person, b);
  a.edit([](Draft& d) { return d.set({std::string("n")}, 3); });
  EXPECT_FALSE(a.person.state.has_conflicts());
  ASSERT_TRUE(a.undo());
  EXPECT_EQ(read_field(a.person.state, {std::string("n")})->siblings.size(), 2u);
}

TEST(Undo, OfARestoreAndTheDeletionAfterItTogetherLeavesWhatIsDeletedDeleted) {
  for (const char* const deleted : {"1", "{}", R"({"a":1})", "[1]"}) {
    SCOPED_TRACE(deleted);
    Undoing a;
    a.person.put("", std::string(R"({"b":1,"m":)") + deleted + "}");
    a.edit([](Draft& d) { return d.erase({std::string("m")}); });
    const auto undo_last = [&a] {
      const State before = a.person.state;
      Draft draft = a.person.draft();
      EXPECT_TRUE(draft.undo(a.before, a.last, a.at));
      a.before = before;
      a.last = a.person.commit(std::move(draft));
      a.at = a.person.position();
    };
    undo_last();
    const State shown = a.before;
    const Change restored = a.last;
    const Position restored_at = a.at;
    undo_last();
    ASSERT_EQ(a.person.json(), R"({"b":1})");
    Draft draft = a.person.draft();
    const Draft::Placed both[] = {{&restored, restored_at}, {&a.last, a.at}};
    (void)draft.undo(shown, both);
    EXPECT_EQ(to_json({&draft.state()}), R"({"b":1})");
  }
}

TEST(Void, HidesForAReasonAndIsTakenBackByUndo) {
  Undoing a;
  a.person.put("visit", R"({"by":"nurse","temp":38.5})");
  a.edit([](Draft& d) { return d.make_void({std::string("visit")}, "wrong patient"); });
  EXPECT_EQ(a.person.json(), "{}");
  const auto voided = voided_fields(a.person.state);
  ASSERT_EQ(voided.size(), 1u);
  EXPECT_EQ(voided[0].reason, "wrong patient");
  EXPECT_EQ(to_text(voided[0].path, a.person.state), "visit");
  ASSERT_TRUE(a.undo());
  EXPECT_EQ(a.person.json(), R"({"visit":{"by":"nurse","temp":38.5}})");
  EXPECT_TRUE(voided_fields(a.person.state).empty());
}

TEST(Void, IsContestedByAWriteAtTheSameTimeAndHidesNothing) {
  Person a('a'), b('b');
  a.put("visit", R"({"by":"nurse"})");
  exchange(a, b);
  a.edit([](Draft& d) { return d.make_void({std::string("visit")}, "entered twice"); });
  b.put("visit/temp", "39");
  exchange(a, b);
  EXPECT_EQ(a.json(), R"({"visit":{"by":"nurse","temp":39}})");
  ASSERT_EQ(a.state.conflicts().size(), 1u);
  EXPECT_TRUE(a.state.conflicts()[0].revived);
  a.edit([](Draft& d) { return d.keep({}); });
  exchange(a, b);
  EXPECT_FALSE(b.state.has_conflicts());
  EXPECT_EQ(b.json(), R"({"visit":{"by":"nurse","temp":39}})");
}

TEST(Void, NeedsAReasonOfALength) {
  Person a('a');
  a.put("n", "1");
  Draft draft = a.draft();
  const Path n{std::string("n")};
  EXPECT_EQ(message(draft.make_void(n, "")), "A reason must be 1 to 1024 bytes of UTF-8.");
  EXPECT_EQ(message(draft.make_void(n, std::string(1025, 'x'))),
            "A reason must be 1 to 1024 bytes of UTF-8.");
  EXPECT_TRUE(draft.make_void(n, std::string(1024, 'x')));
  EXPECT_EQ(message(draft.make_void(n, "x")), "Nothing is at the path.");
}

class Moving : public ::testing::Test {
 protected:
  void SetUp() override {
    a.put("l", R"([{"n":0},{"n":1},{"n":2},{"n":3}])");
    exchange(a, b);
  }
  static void move(Person& person, std::size_t from, std::size_t to) {
    person.edit([&](Draft& d) { return d.move({std::string("l")}, from, to); });
  }
  static std::string order(const Person& person) {
    std::string out;
    for (const char c : person.json()) {
      if (c >= '0' && c <= '9') out += c;
    }
    return out;
  }
  Person a{'a'}, b{'b'};
};

TEST_F(Moving, PutsAnElementWhereItIsAskedTo) {
  for (const auto& [from, to, expected] :
       {std::tuple(0U, 3U, "1230"), std::tuple(3U, 0U, "0123"), std::tuple(1U, 2U, "0213"),
        std::tuple(2U, 1U, "0123"), std::tuple(2U, 2U, "0123")}) {
    if (from == to) continue;
    move(a, from, to);
    EXPECT_EQ(order(a), expected) << from << " to " << to;
  }
  Draft draft = a.draft();
  EXPECT_EQ(message(draft.move({std::string("l")}, 0, 4)),
            "The index is beyond the end of the list, whose length is 4.");
}

TEST_F(Moving, KeepsWhatOthersWriteToTheElement) {
  move(a, 0, 3);
  b.put("l/0/n", "9");
  exchange(a, b);
  EXPECT_EQ(order(a), "1239");
  EXPECT_FALSE(a.state.has_conflicts());
}

TEST_F(Moving, OfOneElementByTwoShowsTheLaterAndIsAConflict) {
  a.clock = 1;
  move(a, 0, 3);
  b.clock = 2;
  move(b, 0, 1);
  exchange(a, b);
  EXPECT_EQ(order(a), "1023");
  ASSERT_EQ(a.state.conflicts().size(), 1u);
  EXPECT_TRUE(a.state.conflicts()[0].moved);
  EXPECT_EQ(to_text(a.state.conflicts()[0].path, a.state), "l/1");
  a.edit([](Draft& d) { return d.keep({}); });
  exchange(a, b);
  EXPECT_EQ(order(b), "1023");
  EXPECT_FALSE(b.state.has_conflicts());
}

TEST_F(Moving, OfADeletedElementDoesNotBringItBack) {
  a.edit([&](Draft& d) { return d.erase(a.path("l/0")); });
  move(b, 0, 2);
  exchange(a, b);
  EXPECT_EQ(order(a), "123");
}

TEST_F(Moving, IsNoNeighbourInTheOldPlace) {
  move(a, 0, 3);  // 1 2 3 0
  a.edit([](Draft& d) { return d.insert_json({std::string("l")}, 4, "4"); });
  a.edit([](Draft& d) { return d.insert_json({std::string("l")}, 3, "8"); });
  EXPECT_EQ(order(a), "123804");
}

}  // namespace
}  // namespace relais::document

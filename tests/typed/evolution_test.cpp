// A document written by a newer schema, edited by an older app.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "schemas.pb.h"
#include "typed/sheet.h"

namespace relais::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using schemas::Newer;
using schemas::Older;

Newer newer() {
  Newer made;
  made.set_title("case");
  made.set_state(Newer::ESCALATED);
  for (const char* id : {"a", "b"}) {
    Newer::Entry& entry = *made.add_entry();
    entry.set_id(id);
    entry.set_text(id);
    entry.set_author("nurse");
  }
  for (const auto state : {Newer::OPEN, Newer::ESCALATED, Newer::CLOSED}) made.add_past(state);
  made.add_ever(Newer::ESCALATED);
  made.add_ever(Newer::OPEN);
  made.mutable_main()->set_id("m");
  made.mutable_main()->set_author("doctor");
  (*made.mutable_by_place())["here"] = Newer::ESCALATED;
  (*made.mutable_by_place())["there"] = Newer::OPEN;
  made.set_plan("rest");
  made.add_more()->set_id("x");
  return made;
}

class TypedEvolution : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(sheet_.write(newer())); }
  /// What the newer app reads after the edit of the older one.
  template <class Change>
  Newer after(Change&& change) {
    const auto made = sheet_.update<Older>(change);
    EXPECT_TRUE(made) << made.error().message();
    return *sheet_.read<Newer>();
  }
  Sheet sheet_{1};
};

TEST_F(TypedEvolution, TheOlderAppReadsWhatItKnowsAndTheRestAsUnset) {
  const Older older = *sheet_.read<Older>();
  EXPECT_EQ(older.title(), "case");
  EXPECT_FALSE(older.has_state());
  EXPECT_EQ(older.entry(1).text(), "b");
  EXPECT_THAT(older.past(), ::testing::ElementsAre(Older::OPEN, Older::CLOSED));
  EXPECT_THAT(older.ever(), ::testing::ElementsAre(Older::OPEN));
  EXPECT_EQ(older.by_place().size(), 1u);
}

TEST_F(TypedEvolution, WritingBackWhatWasReadChangesNothing) {
  const std::string before = sheet_.json();
  const Older older = *sheet_.read<Older>();
  EXPECT_TRUE(sheet_.write(older)->empty());
  EXPECT_EQ(sheet_.json(), before);
}

TEST_F(TypedEvolution, WhatTheOlderAppDoesntKnowSurvivesItsEdits) {
  const Newer made = after([](Older& older) {
    older.set_title("other");
    older.mutable_entry(0)->set_text("edited");
    older.mutable_entry()->SwapElements(0, 1);
    older.mutable_past()->SwapElements(0, 1);
    older.add_past(Older::OPEN);
    older.clear_ever();
    older.add_ever(Older::CLOSED);
    older.mutable_main()->set_text("new");
    (*older.mutable_by_place())["there"] = Older::CLOSED;
  });
  EXPECT_EQ(made.state(), Newer::ESCALATED);
  EXPECT_EQ(made.entry(0).id(), "b");
  EXPECT_EQ(made.entry(1).text(), "edited");
  EXPECT_EQ(made.entry(1).author(), "nurse");
  EXPECT_THAT(made.past(),
              ::testing::ElementsAre(Newer::CLOSED, Newer::OPEN, Newer::ESCALATED, Newer::OPEN));
  EXPECT_THAT(made.ever(), ::testing::UnorderedElementsAre(Newer::ESCALATED, Newer::CLOSED));
  EXPECT_EQ(made.main().author(), "doctor");
  EXPECT_EQ(made.by_place().at("here"), Newer::ESCALATED);
  EXPECT_EQ(made.by_place().at("there"), Newer::CLOSED);
  EXPECT_EQ(made.plan(), "rest");
  EXPECT_EQ(made.more(0).id(), "x");
}

TEST_F(TypedEvolution, AWholeMessageOfTheOlderAppLeavesTheRestToo) {
  Older whole;
  whole.set_title("all of it");
  ASSERT_TRUE(sheet_.write(whole));
  const Newer made = *sheet_.read<Newer>();
  EXPECT_EQ(made.title(), "all of it");
  EXPECT_EQ(made.state(), Newer::ESCALATED);
  EXPECT_THAT(made.past(), ::testing::ElementsAre(Newer::ESCALATED));
  EXPECT_EQ(made.plan(), "rest");
}

TEST_F(TypedEvolution, AValueThatTheOlderAppDoesntKnowIsOverwrittenWhenItSetsTheField) {
  const Newer made = after([](Older& older) { older.set_state(Older::CLOSED); });
  EXPECT_EQ(made.state(), Newer::CLOSED);
}

TEST_F(TypedEvolution, WhatTheOlderAppDeletesIsDeletedWhole) {
  const Newer made = after([](Older& older) {
    older.mutable_entry()->DeleteSubrange(0, 1);
    older.clear_main();
  });
  EXPECT_EQ(made.entry_size(), 1);
  EXPECT_FALSE(made.has_main());
}

TEST_F(TypedEvolution, OfTwoConcurrentStatesTheNewerOrderCountsForItsOwn) {
  Sheet other(2);
  other.merge(sheet_);
  ASSERT_TRUE(other.update<Older>([](Older& older) { older.set_state(Older::OPEN); }));
  ASSERT_TRUE(sheet_.update<Newer>([](Newer& made) { made.set_state(Newer::CLOSED); }));
  sheet_.merge(other);
  EXPECT_EQ(sheet_.read<Newer>()->state(), Newer::OPEN);
}

}  // namespace
}  // namespace relais::testing

#include <gtest/gtest.h>

#include "engine/sync/fork_search.h"
#include "replica/read/verification.h"
#include "support/test_space.h"

/// Two copies of one folder go on in the same logs: what others hold of them proves it, wherever
/// each of the histories ends.
namespace relais::testing {
namespace {

struct Forks : ::testing::Test {
  void SetUp() override {
    ward.found("A");
    for (const char* name : {"B", "C", "D"}) ASSERT_TRUE(ward.join(name, "A"));
    write("B", 1);
    ward.settle();
    ward.clone("B", "twin");
  }

  void write(const std::string& name, int times, std::size_t bytes = 10) {
    for (int i = 0; i < times; ++i) {
      const std::string text = name + std::to_string(++written_) + std::string(bytes, 'x');
      ward.put(name, "cases/" + name, "note", '"' + text + '"');
    }
  }
  /// Two devices meet, whatever comes of it.
  void meet(const std::string& caller, const std::string& called) {
    const Met met = ward.sync(caller, called);
    ASSERT_TRUE(met.caller) << met.caller.error().message();
    ASSERT_TRUE(met.called) << met.called.error().message();
  }
  bool knows(const std::string& name) {
    expect_sound(name);
    return !ward.core(name).logs.forks().empty();
  }
  void expect_sound(const std::string& name) {
    const auto report = replica::verify(replica::Snapshot(ward.core(name)));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->problems.empty()) << name << ": " << report->problems.front();
  }
  AuthorId author(const std::string& name) { return ward.core(name).identity.author(); }

  TestSpace ward;

 private:
  int written_ = 0;
};

TEST_F(Forks, OfOneLengthAreProvenToBothAtOnce) {
  write("B", 1);
  write("twin", 1);
  meet("B", "A");
  meet("twin", "C");
  meet("A", "C");
  EXPECT_TRUE(knows("A"));
  EXPECT_TRUE(knows("C"));
}

struct ForksOfTwoLengths : Forks, ::testing::WithParamInterface<bool> {
  void meet_again() { GetParam() ? meet("C", "A") : meet("A", "C"); }
};

TEST_P(ForksOfTwoLengths, AreProvenToWhoHasMoreAtOnceAndToTheOtherAtTheNextMeeting) {
  write("B", 1);
  write("twin", 3);
  meet("B", "A");
  meet("twin", "C");
  meet_again();
  EXPECT_TRUE(knows("C"));
  EXPECT_FALSE(knows("A"));
  meet_again();
  EXPECT_TRUE(knows("A"));
}

INSTANTIATE_TEST_SUITE_P(WhoCalls, ForksOfTwoLengths, ::testing::Bool());

TEST_F(Forks, ThatPartedLongAgoAreProvenAfterAFewMeetings) {
  write("B", 12, 9'000);
  write("twin", 40);  // no place signed in both but the last of before
  meet("B", "A");
  meet("twin", "C");
  int meetings = 0;
  for (; meetings < 8 && !knows("A"); ++meetings) meet("A", "C");
  EXPECT_TRUE(knows("A"));
  EXPECT_TRUE(knows("C"));
  EXPECT_GT(meetings, 1);
}

TEST_F(Forks, AProofIsPassedOn) {
  write("B", 1);
  write("twin", 1);
  meet("B", "A");
  meet("D", "A");
  meet("twin", "C");
  meet("A", "C");
  ASSERT_TRUE(knows("A"));
  meet("D", "A");  // it holds the same place
  EXPECT_TRUE(knows("D"));
  ASSERT_TRUE(ward.join("E", "A"));
  meet("E", "A");  // it holds nothing
  EXPECT_TRUE(knows("E"));
  EXPECT_EQ(ward.json("E", "cases/B"), ward.json("A", "cases/B"));
  for (const char* name : {"D", "E"}) {
    const Met met = ward.sync(name, "A");
    ASSERT_TRUE(met.caller);
    EXPECT_TRUE(met.caller->in_sync) << name;
  }
}

TEST_F(Forks, WhoKnowsOfAForkWithoutItsBlocksIsNotInSyncWithWhoDoesNot) {
  write("B", 1);
  write("twin", 3);
  meet("B", "A");
  meet("D", "A");
  meet("twin", "C");
  meet("A", "C");
  meet("A", "C");
  ASSERT_TRUE(knows("A"));
  for (int i = 0; i < 4; ++i) {
    const Met met = ward.sync("D", "A");
    ASSERT_TRUE(met.caller && met.called);
    EXPECT_FALSE(met.caller->in_sync);
  }
  meet("D", "C");
  meet("D", "C");
  EXPECT_TRUE(knows("D"));
  const Met met = ward.sync("D", "A");
  EXPECT_TRUE(met.caller->in_sync);
}

TEST_F(Forks, WhoseLogWentOnElsewhereGoesOnAsAnotherAuthor) {
  write("B", 2);
  meet("B", "A");
  for (const int length : {1, 2, 3}) {
    ward.clone("twin", "of " + std::to_string(length));
  }
  for (const int length : {1, 2, 3}) {
    const std::string name = "of " + std::to_string(length);
    const AuthorId before = author(name);
    write(name, length);
    meet(name, "A");
    EXPECT_NE(author(name), before) << "its history is of length " << length;
    write(name, 1);
    meet(name, "A");
    EXPECT_NE(ward.json("A", "cases/" + name), "There is no such document.") << length;
  }
}

TEST_F(Forks, WhatAPeerClaimsOfALogKeepsItFromNobodyElse) {
  write("B", 3);
  meet("B", "A");
  const log::LogId log{log::compartment_id(ward.core("A").identity.space, "", "records"),
                       author("B")};
  const DeviceId liar = ward.core("C").identity.device();
  ASSERT_TRUE(engine::search_earlier(ward.core("A"), liar, log));
  meet("D", "A");
  EXPECT_EQ(ward.json("D", "cases/B"), ward.json("A", "cases/B"));
  // Who said so, and holds no other history, is sent the rest at the meeting after the next one.
  meet("C", "A");
  EXPECT_NE(ward.json("C", "cases/B"), ward.json("A", "cases/B"));
  meet("C", "A");
  EXPECT_EQ(ward.json("C", "cases/B"), ward.json("A", "cases/B"));
  EXPECT_TRUE(engine::take_fork_searches(ward.core("A"), liar)->empty());
  EXPECT_FALSE(knows("A"));
}

}  // namespace
}  // namespace relais::testing

#include <gtest/gtest.h>

#include "engine/sync/fork_search.h"
#include "replica/read/verification.h"
#include "support/test_space.h"

/// Two copies of one store continue the same logs: what others hold proves the fork, wherever the
/// two histories end.
namespace relais::testing {
namespace {

struct Forks : ::testing::Test {
  void SetUp() override {
    space.found("A");
    for (const char* name : {"B", "C", "D"}) ASSERT_TRUE(space.join(name, "A"));
    write("B", 1);
    space.settle();
    space.clone("B", "twin");
  }

  void write(const std::string& name, int times, std::size_t bytes = 10) {
    for (int i = 0; i < times; ++i) {
      const std::string text = name + std::to_string(++written_) + std::string(bytes, 'x');
      space.put(name, "cases/" + name, "note", '"' + text + '"');
    }
  }
  /// Syncs two devices.
  void sync(const std::string& caller, const std::string& called) {
    const SyncResults results = space.sync(caller, called);
    ASSERT_TRUE(results.caller) << results.caller.error().message();
    ASSERT_TRUE(results.called) << results.called.error().message();
  }
  bool knows(const std::string& name) {
    expect_sound(name);
    return !space.core(name).logs.forks().empty();
  }
  void expect_sound(const std::string& name) {
    const auto report = replica::verify(replica::Snapshot(space.core(name)));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->problems.empty()) << name << ": " << report->problems.front();
  }
  AuthorId author(const std::string& name) { return space.core(name).identity.author(); }

  TestSpace space;

 private:
  int written_ = 0;
};

TEST_F(Forks, OfOneLengthAreProvenToBothAtOnce) {
  write("B", 1);
  write("twin", 1);
  sync("B", "A");
  sync("twin", "C");
  sync("A", "C");
  EXPECT_TRUE(knows("A"));
  EXPECT_TRUE(knows("C"));
}

struct ForksOfTwoLengths : Forks, ::testing::WithParamInterface<bool> {
  void sync_again() { GetParam() ? sync("C", "A") : sync("A", "C"); }
};

TEST_P(ForksOfTwoLengths, AreProvenToTheDeviceWithMoreAtOnceAndToTheOtherAtTheNextSync) {
  write("B", 1);
  write("twin", 3);
  sync("B", "A");
  sync("twin", "C");
  sync_again();
  EXPECT_TRUE(knows("C"));
  EXPECT_FALSE(knows("A"));
  sync_again();
  EXPECT_TRUE(knows("A"));
}

INSTANTIATE_TEST_SUITE_P(WhoCalls, ForksOfTwoLengths, ::testing::Bool());

TEST_F(Forks, ThatPartedLongAgoAreProvenAfterAFewSyncs) {
  write("B", 12, 9'000);
  write("twin", 40);  // the last place signed in both is the common one
  sync("B", "A");
  sync("twin", "C");
  int syncs = 0;
  for (; syncs < 8 && !knows("A"); ++syncs) sync("A", "C");
  EXPECT_TRUE(knows("A"));
  EXPECT_TRUE(knows("C"));
  EXPECT_GT(syncs, 1);
}

TEST_F(Forks, AProofIsPassedOn) {
  write("B", 1);
  write("twin", 1);
  sync("B", "A");
  sync("D", "A");
  sync("twin", "C");
  sync("A", "C");
  ASSERT_TRUE(knows("A"));
  sync("D", "A");  // it holds the same place
  EXPECT_TRUE(knows("D"));
  ASSERT_TRUE(space.join("E", "A"));
  sync("E", "A");  // it holds nothing
  EXPECT_TRUE(knows("E"));
  EXPECT_EQ(space.json("E", "cases/B"), space.json("A", "cases/B"));
  for (const char* name : {"D", "E"}) {
    const SyncResults results = space.sync(name, "A");
    ASSERT_TRUE(results.caller);
    EXPECT_TRUE(results.caller->in_sync) << name;
  }
}

TEST_F(Forks, WhoKnowsOfAForkWithoutItsBlocksIsNotInSyncWithWhoDoesNot) {
  write("B", 1);
  write("twin", 3);
  sync("B", "A");
  sync("D", "A");
  sync("twin", "C");
  sync("A", "C");
  sync("A", "C");
  ASSERT_TRUE(knows("A"));
  for (int i = 0; i < 4; ++i) {
    const SyncResults results = space.sync("D", "A");
    ASSERT_TRUE(results.caller && results.called);
    EXPECT_FALSE(results.caller->in_sync);
  }
  sync("D", "C");
  sync("D", "C");
  EXPECT_TRUE(knows("D"));
  const SyncResults results = space.sync("D", "A");
  EXPECT_TRUE(results.caller->in_sync);
}

TEST_F(Forks, WhoseLogWentOnElsewhereGoesOnAsAnotherAuthor) {
  write("B", 2);
  sync("B", "A");
  for (const int length : {1, 2, 3}) {
    space.clone("twin", "of " + std::to_string(length));
  }
  for (const int length : {1, 2, 3}) {
    const std::string name = "of " + std::to_string(length);
    const AuthorId before = author(name);
    write(name, length);
    sync(name, "A");
    EXPECT_NE(author(name), before) << "its history is of length " << length;
    write(name, 1);
    sync(name, "A");
    EXPECT_NE(space.json("A", "cases/" + name), "There is no such document.") << length;
  }
}

TEST_F(Forks, WhatAPeerClaimsOfALogKeepsItFromNobodyElse) {
  write("B", 3);
  sync("B", "A");
  const log::LogId log{log::compartment_id(space.core("A").identity.space, "", "records"),
                       author("B")};
  const DeviceId liar = space.core("C").identity.device();
  ASSERT_TRUE(engine::extend_fork_search(space.core("A"), liar, log));
  sync("D", "A");
  EXPECT_EQ(space.json("D", "cases/B"), space.json("A", "cases/B"));
  // A device that reported the fork and holds no other history gets the rest at the sync after the
  // next.
  sync("C", "A");
  EXPECT_NE(space.json("C", "cases/B"), space.json("A", "cases/B"));
  sync("C", "A");
  EXPECT_EQ(space.json("C", "cases/B"), space.json("A", "cases/B"));
  EXPECT_TRUE(engine::take_due_fork_searches(space.core("A"), liar)->empty());
  EXPECT_FALSE(knows("A"));
}

}  // namespace
}  // namespace relais::testing

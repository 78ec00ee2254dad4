#include <gtest/gtest.h>

#include "base/limits.h"
#include "replica/read/verification.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

/// A has many documents, each of about so many bytes however it is compressed; B has joined and has
/// none yet.
void fill(TestSpace& space, int documents, std::size_t bytes = 300) {
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  for (int i = 0; i < documents; ++i) {
    const Bytes noise = space.core("A").environment.random.bytes(bytes);
    space.put(
        "A", "cases/" + std::to_string(i), "",
        R"({"status":"open","note":")" + to_hex(noise) + R"(","n":)" + std::to_string(i) + "}");
  }
}

void expect_sound(TestSpace& space, const std::string& name) {
  const auto report = replica::verify(replica::Snapshot(space.core(name)));
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->problems.empty()) << report->problems.front();
}

TEST(Interruption, ASyncCutAnywhereGoesOnWhereItStoppedAndResendsAtMostTheWindow) {
  constexpr int kDocuments = 400;
  constexpr std::size_t kBytes = 1'500;
  TestSpace whole;
  fill(whole, kDocuments, kBytes);
  const SyncResults complete = whole.sync("B", "A");
  ASSERT_TRUE(complete.caller);
  // Who began anew each time would never end, and exceed what is allowed below.
  constexpr std::uint64_t kFirstCut = 130'000, kMore = 7'000, kSessions = 12;
  ASSERT_GT(complete.bytes, kFirstCut + kSessions * kMore);

  TestSpace space;
  fill(space, kDocuments, kBytes);
  std::uint64_t received = 0;
  std::uint64_t sessions = 0;
  for (std::uint64_t cut = kFirstCut; sessions < kSessions; cut += kMore, ++sessions) {
    const SyncResults results = space.sync("B", "A", cut);
    received += results.bytes;
    expect_sound(space, "B");
    if (results.caller) break;
  }
  EXPECT_LT(sessions, kSessions) << "the cut syncs come to no end";
  const SyncResults last = space.sync("B", "A");
  ASSERT_TRUE(last.caller) << last.caller.error().message();
  received += last.bytes;
  EXPECT_SAME(space);
  expect_sound(space, "B");
  // Each cut costs a handshake, the first messages, and what was in flight.
  EXPECT_LE(received, complete.bytes + (sessions + 1) * (limits::kStreamWindowBytes + 3'000));
}

TEST(Interruption, APowerCutAfterASyncLosesNothingThatWasAcknowledged) {
  TestSpace space;
  fill(space, 50);
  ASSERT_TRUE(space.sync("B", "A").caller);
  const std::string before = space.dump("B");
  space.crash("B");
  EXPECT_EQ(space.dump("B"), before);
  expect_sound(space, "B");
}

TEST(Interruption, AWriteThatReturnedSurvivesAPowerCut) {
  TestSpace space;
  space.found("A");
  space.put("A", "cases/1", "status", R"("open")");
  space.crash("A");
  EXPECT_EQ(space.json("A", "cases/1"), R"({"status":"open"})");
  space.put("A", "cases/1", "status", R"("closed")");
  expect_sound(space, "A");
}

TEST(Interruption, APowerCutAmidASyncLeavesAPrefixAndTheNextSyncFinishes) {
  int amid = 0;
  for (std::uint64_t cut = 3'000; cut < 90'000; cut += 13'000) {
    TestSpace space(cut);
    fill(space, 200);
    amid += space.sync("B", "A", cut).caller ? 0 : 1;
    space.crash("B", space.disk("B").buffered_commits() / 2);
    expect_sound(space, "B");
    const SyncResults results = space.sync("B", "A");
    ASSERT_TRUE(results.caller) << results.caller.error().message();
    EXPECT_SAME(space);
  }
  EXPECT_GE(amid, 4) << "the power was cut when the sync had ended";
}

TEST(Interruption, AFailedWriteStopsTheReplicaUntilItIsOpenedAgain) {
  TestSpace space;
  space.found("A");
  space.disk("A").fail_writes({0, ErrorCode::disk_full, false});
  const auto write = [&] {
    return space.edit("A", [](replica::Edit& edit) {
      return edit.put_json(TestSpace::document("cases/1"), "status", R"("open")");
    });
  };
  EXPECT_EQ(write().error().code(), ErrorCode::disk_full);
  const Status next = write();
  EXPECT_EQ(next.error().code(), ErrorCode::closed);
  EXPECT_EQ(next.error().message(), "A write failed before: close the replica and open it again.");
  space.crash("A");
  EXPECT_TRUE(write());
  expect_sound(space, "A");
}

TEST(Interruption, AFailedWriteThatLandedNeverGivesItsPlaceToAnotherChange) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  space.disk("A").fail_writes({0, ErrorCode::store_failed, true});
  EXPECT_FALSE(space.edit("A", [](replica::Edit& edit) {
    return edit.put_json(TestSpace::document("cases/1"), "status", R"("indeterminate")");
  }));
  space.crash("A", 100);
  space.put("A", "cases/1", "status", R"("after")");
  const SyncResults results = space.sync("B", "A");
  ASSERT_TRUE(results.caller) << results.caller.error().message();
  EXPECT_SAME(space);
  EXPECT_EQ(space.json("B", "cases/1"), R"({"status":"after"})");
  expect_sound(space, "A");
}

TEST(Interruption, WhatAnOpeningFindsSurvivesThePowerCutAfterIt) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  space.put("A", "cases/1", "status", R"("before")");
  space.disk("A").fail_writes({0, ErrorCode::store_failed, true});
  EXPECT_FALSE(space.edit("A", [](replica::Edit& edit) {
    return edit.put_json(TestSpace::document("cases/1"), "status", R"("indeterminate")");
  }));
  ASSERT_TRUE(space.reopen("A"));
  EXPECT_EQ(space.json("A", "cases/1"), R"({"status":"indeterminate"})");
  ASSERT_TRUE(space.sync("B", "A").caller);
  space.crash("A");
  EXPECT_EQ(space.json("A", "cases/1"), R"({"status":"indeterminate"})");
  space.put("A", "cases/1", "status", R"("after")");
  const SyncResults results = space.sync("B", "A");
  ASSERT_TRUE(results.caller) << results.caller.error().message();
  EXPECT_TRUE(results.caller->in_sync);
  EXPECT_SAME(space);
}

}  // namespace
}  // namespace relais::testing

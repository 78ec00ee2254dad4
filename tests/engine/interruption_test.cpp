#include <gtest/gtest.h>

#include "base/limits.h"
#include "replica/read/verification.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

/// A has much, B has joined and has nothing yet.
void fill(TestSpace& ward, int documents) {
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  for (int i = 0; i < documents; ++i) {
    ward.put("A", "cases/" + std::to_string(i), "",
             R"({"status":"open","note":")" + std::string(300, static_cast<char>('a' + i % 26)) +
                 R"(","n":)" + std::to_string(i) + "}");
  }
}

void expect_sound(TestSpace& ward, const std::string& name) {
  const auto report = replica::verify(replica::Snapshot(ward.core(name)));
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->problems.empty()) << report->problems.front();
}

TEST(Interruption, ASyncCutAnywhereGoesOnWhereItStoppedAndResendsAtMostTheWindow) {
  TestSpace whole;
  fill(whole, 400);
  const Met complete = whole.sync("B", "A");
  ASSERT_TRUE(complete.caller);

  TestSpace ward;
  fill(ward, 400);
  std::uint64_t received = 0;
  std::uint64_t sessions = 0;
  for (std::uint64_t cut = 2'000; sessions < 12; cut += 9'000, ++sessions) {
    const Met met = ward.sync("B", "A", cut);
    received += met.bytes;
    expect_sound(ward, "B");
    if (met.caller) break;
  }
  const Met last = ward.sync("B", "A");
  ASSERT_TRUE(last.caller) << last.caller.error().message();
  received += last.bytes;
  EXPECT_SAME(ward);
  expect_sound(ward, "B");
  // Each cut costs a handshake, an opening, and what was in flight.
  EXPECT_LE(received, complete.bytes + (sessions + 1) * (limits::kStreamWindowBytes + 3'000));
}

TEST(Interruption, APowerCutAfterASyncLosesNothingThatWasAcknowledged) {
  TestSpace ward;
  fill(ward, 50);
  ASSERT_TRUE(ward.sync("B", "A").caller);
  const std::string before = ward.dump("B");
  ward.crash("B");
  EXPECT_EQ(ward.dump("B"), before);
  expect_sound(ward, "B");
}

TEST(Interruption, AWriteThatReturnedSurvivesAPowerCut) {
  TestSpace ward;
  ward.found("A");
  ward.put("A", "cases/1", "status", R"("open")");
  ward.crash("A");
  EXPECT_EQ(ward.json("A", "cases/1"), R"({"status":"open"})");
  ward.put("A", "cases/1", "status", R"("closed")");
  expect_sound(ward, "A");
}

TEST(Interruption, APowerCutAmidASyncLeavesAPrefixAndTheNextSyncFinishes) {
  for (std::uint64_t cut = 3'000; cut < 90'000; cut += 13'000) {
    TestSpace ward(cut);
    fill(ward, 200);
    (void)ward.sync("B", "A", cut);
    ward.crash("B", ward.disk("B").buffered_commits() / 2);
    expect_sound(ward, "B");
    const Met met = ward.sync("B", "A");
    ASSERT_TRUE(met.caller) << met.caller.error().message();
    EXPECT_SAME(ward);
  }
}

TEST(Interruption, AFailedWriteStopsTheReplicaUntilItIsOpenedAgain) {
  TestSpace ward;
  ward.found("A");
  ward.disk("A").fail_writes({0, ErrorCode::disk_full, false});
  const auto write = [&] {
    return ward.edit("A", [](replica::Edit& edit) {
      return edit.put_json(TestSpace::document("cases/1"), "status", R"("open")");
    });
  };
  EXPECT_EQ(write().error().code(), ErrorCode::disk_full);
  const Status next = write();
  EXPECT_EQ(next.error().code(), ErrorCode::closed);
  EXPECT_EQ(next.error().message(), "A write failed before: close the replica and open it again.");
  ward.crash("A");
  EXPECT_TRUE(write());
  expect_sound(ward, "A");
}

TEST(Interruption, AFailedWriteThatLandedNeverGivesItsPlaceToAnotherChange) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  ward.disk("A").fail_writes({0, ErrorCode::store_failed, true});
  EXPECT_FALSE(ward.edit("A", [](replica::Edit& edit) {
    return edit.put_json(TestSpace::document("cases/1"), "status", R"("indeterminate")");
  }));
  ward.crash("A", 100);
  ward.put("A", "cases/1", "status", R"("after")");
  const Met met = ward.sync("B", "A");
  ASSERT_TRUE(met.caller) << met.caller.error().message();
  EXPECT_SAME(ward);
  EXPECT_EQ(ward.json("B", "cases/1"), R"({"status":"after"})");
  expect_sound(ward, "A");
}

TEST(Interruption, WhatAnOpeningFindsSurvivesThePowerCutAfterIt) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  ward.put("A", "cases/1", "status", R"("before")");
  ward.disk("A").fail_writes({0, ErrorCode::store_failed, true});
  EXPECT_FALSE(ward.edit("A", [](replica::Edit& edit) {
    return edit.put_json(TestSpace::document("cases/1"), "status", R"("indeterminate")");
  }));
  ASSERT_TRUE(ward.reopen("A"));
  EXPECT_EQ(ward.json("A", "cases/1"), R"({"status":"indeterminate"})");
  ASSERT_TRUE(ward.sync("B", "A").caller);
  ward.crash("A");
  EXPECT_EQ(ward.json("A", "cases/1"), R"({"status":"indeterminate"})");
  ward.put("A", "cases/1", "status", R"("after")");
  const Met met = ward.sync("B", "A");
  ASSERT_TRUE(met.caller) << met.caller.error().message();
  EXPECT_TRUE(met.caller->in_sync);
  EXPECT_SAME(ward);
}

}  // namespace
}  // namespace relais::testing

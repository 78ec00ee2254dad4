#include "replica/projection_fixture.h"
#include "replica/write/own_commit.h"

namespace relais::testing {
namespace {

using Why = StatusReport::Awaited::Why;

/// Nothing more is accepted of a log with two histories, or of a device with too many authors;
/// changes that cite more of it are still applied.
class FrozenTest : public ProjectionTest {
 protected:
  /// A change that cites that place of the log, of another history than the writer's.
  document::Change saw_other(std::size_t writer, const std::string& value, std::size_t of,
                             std::uint64_t seq) {
    document::Change made = change(writer, value, {{of, seq}});
    made.cites.cited[0].hash = other_hash();
    return made;
  }
  static document::HeadPrefix other_hash() {
    return *document::HeadPrefix::from(Bytes(document::HeadPrefix::kSize, 'x'));
  }
  std::size_t versions(const std::string& device) {
    const auto conflicts = space.conflicts(device, "cases/1");
    return conflicts.empty() ? 1 : conflicts.at(0).versions.size();
  }
  void expect_sound(const std::string& device) {
    const auto report = replica::verify(replica::Snapshot(space.core(device)));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->problems.empty()) << report->problems.front();
  }
};

TEST_F(FrozenTest, AChangeThatSawAnotherHistoryWaitsUntilTheForkIsProven) {
  write(0, "first");
  write(1, saw_other(1, "second", 0, 1));
  bring(0, "R");
  bring(1, "R");
  EXPECT_EQ(status("R").awaited.size(), 1u);
  prove_fork("R", 0);
  EXPECT_THAT(status("R").awaited, ::testing::IsEmpty());
  EXPECT_EQ(status("R").waiting, 0u);
  EXPECT_EQ(versions("R"), 2u) << "it hasn't seen what is here";
  expect_sound("R");
}

TEST_F(FrozenTest, TheOrderOfProofAndChangesMakesNoDifference) {
  write(0, "first");
  write(1, saw_other(1, "second", 0, 1));
  write(2, "third", {{0, 2}, {1, 1}});
  for (const char* device : {"R", "S"}) {
    bring(0, device, 1);
    if (device == std::string("S")) prove_fork("S", 0);
    bring(1, device);
    bring(2, device);
  }
  prove_fork("R", 0);
  EXPECT_EQ(versions("R"), 2u);
  expect_same();
  expect_sound("R");
  expect_sound("S");
}

TEST_F(FrozenTest, AChangeThatSawMoreThanComesIsReadAndCoversNothingOfThatLog) {
  write(0, "first");
  write(0, "left out");
  write(1, "second", {{0, 2}});
  bring(0, "R", 1);
  bring(1, "R");
  EXPECT_EQ(status("R").awaited.at(0).why, Why::missing);
  prove_fork("R", 0);
  EXPECT_EQ(versions("R"), 2u);
  // The next write sees both values and resolves the conflict.
  space.put("R", "cases/1", "note", R"("both seen")");
  EXPECT_EQ(json("R"), R"({"note":"both seen"})");
  EXPECT_EQ(versions("R"), 1u);
  expect_sound("R");
}

TEST_F(FrozenTest, AChangeOfTheHistoryThatIsHereMayCiteAChangeThatSawTheOther) {
  write(0, "first");
  document::Change second = change(1, "second");
  second.cites.cited.push_back({writers().author(0), 2, other_hash()});
  write(1, second);
  write(0, "third", {{1, 1}});
  write(1, "fourth", {{0, 2}});
  for (const char* device : {"R", "S"}) {
    bring(0, device);
    if (device == std::string("S")) prove_fork("S", 0);
    bring(1, device, 1);
    if (device == std::string("R")) prove_fork("R", 0);
    EXPECT_EQ(json(device), R"({"note":"third"})");
    bring(1, device);
    EXPECT_EQ(json(device), R"({"note":"fourth"})");
    expect_sound(device);
  }
  expect_same();
}

TEST_F(FrozenTest, WhatSawTheHistoryThatIsHereCoversIt) {
  write(0, "first");
  write(1, "second", {{0, 1}});
  bring(0, "R");
  bring(1, "R");
  prove_fork("R", 0);
  EXPECT_EQ(json("R"), R"({"note":"second"})");
  EXPECT_EQ(versions("R"), 1u);
  write(2, "third", {{0, 1}, {1, 1}});
  bring(2, "R");
  EXPECT_EQ(json("R"), R"({"note":"third"})");
  expect_sound("R");
}

TEST_F(FrozenTest, ADotOfAnotherHistoryNamesNothing) {
  write(0, "first");
  document::Change made = saw_other(1, "second", 0, 1);
  made.ops.push_back({{document::Step(std::string("note"))},
                      document::op::Withdraw{{document::Dot{writers().author(0), 1, 0}}}});
  write(1, made);
  bring(0, "R");
  prove_fork("R", 0);
  bring(1, "R");
  EXPECT_EQ(versions("R"), 2u);
  expect_sound("R");
}

TEST_F(FrozenTest, ADeviceWithTooManyAuthorsIsPassedOverUntilItIsAllowedThem) {
  space.settle();
  const TestWriters& all = writers(limits::kAuthorsPerDevice + 1, "S");
  write(0, "first");
  write(0, "left out");
  write(1, "second", {{0, 2}});
  for (std::size_t i = 2; i < all.size(); ++i) write(i, "one more", {}, "2");
  bring(0, "R", 1);
  bring(1, "R");
  EXPECT_EQ(status("R").waiting, 1u);
  for (std::size_t i = 2; i < all.size(); ++i) bring(i, "R");
  EXPECT_EQ(status("R").waiting, 0u);
  EXPECT_EQ(versions("R"), 2u);
  expect_sound("R");

  const DeviceId device = space.core("S").identity.device();
  ASSERT_TRUE(replica::write_control(space.core("A"), {wire::record::AuthorsAllowed{device, 100}}));
  ASSERT_TRUE(space.sync("R", "A").caller);
  EXPECT_EQ(status("R").waiting, 1u) << "it comes after all";
  bring(0, "R");
  EXPECT_EQ(json("R"), R"({"note":"second"})");
  EXPECT_EQ(versions("R"), 1u);
  expect_sound("R");
}

}  // namespace
}  // namespace relais::testing

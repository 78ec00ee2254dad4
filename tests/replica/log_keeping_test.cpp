#include <gtest/gtest.h>

#include "base/limits.h"
#include "replica/read/verification.h"
#include "replica/write/own_commit.h"
#include "store/tables/seals.h"
#include "support/test_space.h"

/// How honest logs are sealed, and what is kept of their seals.
namespace relais::testing {
namespace {

struct Kept : ::testing::Test {
  void SetUp() override {
    space.found("A");
    ASSERT_TRUE(space.join("B", "A"));
    ASSERT_TRUE(space.sync("B", "A").caller);
  }

  /// A transaction whose block has about this many bytes: hexadecimal text compresses to half.
  void write(std::size_t bytes) {
    const Bytes noise = space.core("A").environment.random.bytes(bytes);
    const std::string document = "cases/" + std::to_string(written++ % 10);
    space.put("A", document, "note" + std::to_string(written), '"' + to_hex(noise) + '"');
  }
  log::LogId log() {
    const replica::Identity& identity = space.core("A").identity;
    return {log::compartment_id(identity.space, "", "records"), identity.author()};
  }
  std::vector<store::StoredSeal> seals(const std::string& name) {
    const replica::Core& core = space.core(name);
    return store::seals_after(*core.store, core.logs.find(log())->no, 0).value();
  }

  TestSpace space;
  int written = 0;
};

TEST_F(Kept, IsOneTailSealHoweverOftenDevicesSync) {
  for (int i = 0; i < 30; ++i) {
    write(100);
    ASSERT_TRUE(space.sync("B", "A").caller);
    EXPECT_EQ(seals("A").size(), 1u);
    EXPECT_EQ(seals("B").size(), 1u);
  }
}

TEST_F(Kept, AreTheSealsOfSyncsUnderWayUntilTheyAreOver) {
  {
    engine::ReplicaDelegate one(space.core("A"), {});
    engine::ReplicaDelegate other(space.core("A"), {});
    for (int i = 0; i < 5; ++i) {
      write(100);
      ASSERT_TRUE(replica::seal_own_logs(space.core("A")));
    }
    EXPECT_EQ(seals("A").size(), 5u);
  }
  write(100);
  ASSERT_TRUE(replica::seal_own_logs(space.core("A")));
  EXPECT_EQ(seals("A").size(), 1u);
}

// Each opening continues from the store, including the distance to the last signed head.
TEST_F(Kept, AHeadStaysEvery16KiBThoughTheDeviceIsOpenedAnewForEachWrite) {
  constexpr std::size_t kEach = 6'000;
  std::size_t bytes = 0;
  for (; bytes < 12 * limits::kBytesBetweenHeads; bytes += kEach) {
    write(kEach);
    ASSERT_TRUE(replica::seal_own_logs(space.core("A")));
    ASSERT_TRUE(space.reopen("A"));
  }
  const auto kept = seals("A");
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_GE(kept[0].header.heads.size(), bytes / (limits::kBytesBetweenHeads + 2 * kEach));
  EXPECT_LE(kept[0].header.heads.size(), 2 + bytes / limits::kBytesBetweenHeads * 5 / 4);
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_SAME(space);
}

TEST_F(Kept, AreFullSealsAndTheTailBehindThem) {
  for (std::size_t i = 0; i < limits::kHeadsPerSeal + 4; ++i) {
    write(limits::kBytesBetweenHeads + 1000);
  }
  ASSERT_TRUE(space.sync("B", "A").caller);
  write(100);
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_SAME(space);
  EXPECT_EQ(seals("A").size(), 2u);
  EXPECT_EQ(seals("B").size(), 2u);
  for (const char* name : {"A", "B"}) {
    const auto report = replica::verify(replica::Snapshot(space.core(name)));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->problems.empty()) << report->problems.front();
  }
}

}  // namespace
}  // namespace relais::testing

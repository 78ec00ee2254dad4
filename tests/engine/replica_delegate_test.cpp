#include "engine/sync/replica_delegate.h"

#include <gtest/gtest.h>

#include "replica/write/own_commit.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

TEST(Inventory, ForAStrangerHoldsNoCompartment) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  space.put("A", "cases/1", "status", R"("open")");
  engine::ReplicaDelegate delegate(space.core("A"), {});
  EXPECT_FALSE(delegate.data_inventory(space.core("B").identity.device()).empty());
  EXPECT_TRUE(delegate.data_inventory(DeviceId{}).empty());
}

/// One device that wrote six changes of at least 300 bytes in one log, with a signature after every
/// two.
struct WhatAPeerReads : ::testing::Test {
  WhatAPeerReads() : delegate(founded(), {}), other(core(), {}) {
    for (int i = 1; i <= 6; ++i) {
      std::string text;
      for (int n = 0; n < 100; ++n) text += std::to_string(i * 7919 + n * n * 104'729 % 99'991);
      space.put("A", "cases/1", "note" + std::to_string(i), '"' + text + '"');
      if (i % 2 == 0) sign();
    }
    const auto inventory = delegate.data_inventory(core().identity.device());
    for (const auto& [compartment, heads] : inventory) {
      for (const auto& [author, head] : heads) {
        log = {compartment, author};
        EXPECT_EQ(head.seq, 6u);
      }
    }
  }

  replica::Core& founded() {
    space.found("A");
    return core();
  }
  replica::Core& core() { return space.core("A"); }
  void sign() { EXPECT_TRUE(replica::seal_own_logs(core())); }
  Bytes read(std::uint64_t after, std::size_t max_bytes) {
    const auto part = delegate.read(log, after, max_bytes);
    EXPECT_TRUE(part) << part.error().message();
    if (!*part) return {};
    EXPECT_EQ((*part)->piece.first_seq, after + 1);
    return (*part)->piece.entries;
  }
  std::size_t blocks(std::uint64_t after, std::size_t max_bytes) {
    return log::block_count(read(after, max_bytes));
  }

  TestSpace space;
  engine::ReplicaDelegate delegate;
  engine::ReplicaDelegate other;  // a sync in progress: replaced seals are kept
  log::LogId log;
};

TEST_F(WhatAPeerReads, IsAllIfItFitsAndNothingAfterTheEnd) {
  EXPECT_EQ(blocks(0, 1 << 20), 6u);
  EXPECT_EQ(blocks(2, 1 << 20), 4u);
  EXPECT_EQ(blocks(6, 1 << 20), 0u);
}

TEST_F(WhatAPeerReads, EndsAtTheLastSignedPlaceThatFits) {
  const Bytes all = read(0, 1 << 20);
  const Bytes two = read(0, 1);
  EXPECT_EQ(log::block_count(two), 2u) << "up to the first signed place, whatever its size";
  constexpr std::size_t kTag = 2;  // before the last block, not counted
  for (std::size_t room = 0; room <= all.size(); ++room) {
    const Bytes some = read(0, room);
    ASSERT_EQ(log::block_count(some) % 2, 0u) << room;
    ASSERT_TRUE(some == two || some.size() <= room + kTag) << room;
    ASSERT_EQ(some, all.substr(0, some.size())) << room;
  }
  EXPECT_EQ(read(0, all.size()), all);
}

// Pieces that go with Hello begin where the peer stood when the two last met; it may hold less.
TEST_F(WhatAPeerReads, BeginsAnywhereInAnyOrder) {
  EXPECT_EQ(blocks(4, 1 << 20), 2u);
  EXPECT_EQ(blocks(0, 1), 2u) << "up to the first signed place";
  EXPECT_EQ(blocks(2, 1), 2u);
  EXPECT_EQ(blocks(4, 1), 2u);
}

TEST_F(WhatAPeerReads, IsRestoredFromItsJointForm) {
  delegate.control_inventory(core().identity.device());
  for (const std::uint64_t after : {0U, 2U, 4U}) {
    const Bytes entries = read(after, 1 << 20);
    const auto joint = delegate.join(log, after, entries, log::current_packer());
    ASSERT_TRUE(joint);
    EXPECT_LT(joint->size(), entries.size());
    const log::Head before = after == 0 ? log::genesis(core().identity.space, log)
                                        : log::Head{after, delegate.hash_at(log, after).value()};
    EXPECT_EQ(other.split(log, before, *joint), entries);
  }
}

TEST_F(WhatAPeerReads, HasNoJointFormForADeviceThatMayNotHaveTheKey) {
  delegate.control_inventory(DeviceId{});
  EXPECT_FALSE(delegate.join(log, 0, read(0, 1 << 20), log::current_packer()));
}

TEST_F(WhatAPeerReads, OfControlHasNoJointForm) {
  delegate.control_inventory(core().identity.device());
  const log::LogId control{core().control_compartment(), core().identity.author()};
  const auto part = delegate.read(control, 0, 1 << 20).value();
  EXPECT_FALSE(delegate.join(control, 0, part->piece.entries, log::current_packer()));
}

TEST_F(WhatAPeerReads, IsWhatWasOfferedThoughMoreIsWrittenMeanwhile) {
  space.put("A", "cases/1", "more", "1");
  sign();
  EXPECT_EQ(blocks(0, 1 << 20), 6u);
}

TEST_F(WhatAPeerReads, OfALogWithAHoleIsAFaultOfTheStore) {
  store::Batch batch;
  batch.remove(store::Family::log, store::block_key(core().logs.find(log)->no, 2));
  ASSERT_TRUE(core().store->commit(batch, store::Durability::synced));
  const auto piece = delegate.read(log, 0, 1 << 20);
  ASSERT_FALSE(piece);
  EXPECT_EQ(piece.error().code(), ErrorCode::store_corrupt);
  EXPECT_EQ(piece.error().message(), "A part of a log is missing in the store.");
  EXPECT_EQ(blocks(2, 1 << 20), 4u) << "what comes after it is whole";
}

}  // namespace
}  // namespace relais::testing

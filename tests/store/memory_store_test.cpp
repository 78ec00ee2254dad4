#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <string>

namespace relais::store {
namespace {

class MemoryDiskTest : public testing::Test {
 protected:
  void open() { store_ = disk_.open().value(); }
  Status put(BytesView key, Durability durability, BytesView value = "v") {
    Batch batch;
    batch.put(Family::log, key, value);
    return store_->commit(batch, durability);
  }
  bool has(BytesView key) const { return store_->get(Family::log, key)->has_value(); }

  MemoryDisk disk_;
  std::unique_ptr<Store> store_ = disk_.open().value();
};

TEST_F(MemoryDiskTest, APowerCutTakesWhatWasOnlyBuffered) {
  ASSERT_TRUE(put("synced", Durability::synced));
  ASSERT_TRUE(put("buffered", Durability::buffered));
  EXPECT_EQ(disk_.buffered_commits(), 1u);
  disk_.crash();
  open();
  EXPECT_TRUE(has("synced"));
  EXPECT_FALSE(has("buffered"));
}

TEST_F(MemoryDiskTest, APowerCutBringsBackWhatABufferedCommitOverwrote) {
  ASSERT_TRUE(put("changed", Durability::synced, "old"));
  ASSERT_TRUE(put("removed", Durability::synced, "old"));
  Batch batch;
  batch.put(Family::log, "changed", "new");
  batch.remove_range(Family::log, "r", "s");
  ASSERT_TRUE(store_->commit(batch, Durability::buffered));
  disk_.crash();
  open();
  EXPECT_EQ(store_->get(Family::log, "changed").value(), "old");
  EXPECT_EQ(store_->get(Family::log, "removed").value(), "old");
}

TEST_F(MemoryDiskTest, ASyncedCommitKeepsAllBeforeItAndSoDoesSync) {
  ASSERT_TRUE(put("1", Durability::buffered));
  ASSERT_TRUE(put("2", Durability::synced));
  disk_.crash();
  open();
  EXPECT_TRUE(has("1") && has("2"));
  ASSERT_TRUE(put("3", Durability::buffered));
  ASSERT_TRUE(store_->sync());
  disk_.crash();
  open();
  EXPECT_TRUE(has("3"));
}

TEST_F(MemoryDiskTest, APowerCutMayLeaveAPrefixOfTheBufferedCommits) {
  for (const char* key : {"1", "2", "3"}) ASSERT_TRUE(put(key, Durability::buffered));
  disk_.crash(2);
  open();
  EXPECT_TRUE(has("1") && has("2"));
  EXPECT_FALSE(has("3"));
}

TEST_F(MemoryDiskTest, AfterAPowerCutTheOldStoreIsDead) {
  ASSERT_TRUE(put("key", Durability::synced));
  const auto snapshot = store_->snapshot();
  const auto iterator = store_->scan(Family::log, "", "");
  disk_.crash();
  const auto reopened = disk_.open().value();

  EXPECT_EQ(put("late", Durability::synced).error().code(), ErrorCode::closed);
  EXPECT_EQ(store_->sync().error().code(), ErrorCode::closed);
  EXPECT_EQ(store_->get(Family::log, "key").error().code(), ErrorCode::closed);
  EXPECT_EQ(snapshot->get(Family::log, "key").error().code(), ErrorCode::closed);
  EXPECT_EQ(store_->scan(Family::log, "", "")->status().error().code(), ErrorCode::closed);
  iterator->next();
  EXPECT_FALSE(iterator->valid());
  EXPECT_EQ(iterator->status().error().code(), ErrorCode::closed);
  EXPECT_TRUE(store_->failed());
  store_.reset();  // its destructor does not close the store that is open now
  EXPECT_EQ(disk_.open().error().code(), ErrorCode::store_locked);
  EXPECT_TRUE(reopened->get(Family::log, "key")->has_value());
}

TEST_F(MemoryDiskTest, AfterAWriteErrorEveryWriteIsRefusedUntilReopened) {
  disk_.fail_writes({.after = 1, .code = ErrorCode::disk_full});
  ASSERT_TRUE(put("1", Durability::synced));
  EXPECT_EQ(put("2", Durability::synced).error().code(), ErrorCode::disk_full);
  EXPECT_TRUE(store_->failed());
  EXPECT_EQ(put("3", Durability::synced).error().code(), ErrorCode::store_failed);
  EXPECT_EQ(store_->sync().error().message(),
            "The store stopped after a write error. Close it and open it again.");
  EXPECT_TRUE(has("1"));
  EXPECT_FALSE(has("2"));
  store_.reset();
  open();
  EXPECT_FALSE(has("2"));
  EXPECT_TRUE(put("3", Durability::synced));
}

TEST_F(MemoryDiskTest, AFailedCommitMayBeThereAfterReopening) {
  disk_.fail_writes({.lands = true});
  EXPECT_FALSE(put("failed", Durability::synced));
  EXPECT_FALSE(has("failed"));
  store_.reset();
  open();
  EXPECT_TRUE(has("failed"));
}

TEST_F(MemoryDiskTest, AFailedCommitNeverOutlivesOneBeforeIt) {
  ASSERT_TRUE(put("before", Durability::buffered));
  disk_.fail_writes({.lands = true});
  EXPECT_FALSE(put("failed", Durability::synced));
  disk_.crash();
  open();
  EXPECT_FALSE(has("before"));
  EXPECT_FALSE(has("failed"));
}

TEST_F(MemoryDiskTest, ADamagedRecordIsAnErrorAndNeverASilentEnd) {
  for (const char* key : {"1", "2", "3"}) ASSERT_TRUE(put(key, Durability::synced));
  EXPECT_TRUE(disk_.damage(Family::log, "2"));
  EXPECT_FALSE(disk_.damage(Family::log, "nothing"));

  EXPECT_EQ(store_->get(Family::log, "2").error().code(), ErrorCode::corrupt);
  const std::vector<BytesView> asked = {"1", "2"};
  EXPECT_EQ(store_->multi_get(Family::log, asked).error().code(), ErrorCode::corrupt);
  const auto iterator = store_->scan(Family::log, "", "");
  ASSERT_TRUE(iterator->valid());
  iterator->next();
  EXPECT_FALSE(iterator->valid());
  EXPECT_EQ(iterator->status().error().code(), ErrorCode::corrupt);
  EXPECT_EQ(store_->scan(Family::log, "2", "")->status().error().code(), ErrorCode::corrupt);
  EXPECT_TRUE(store_->scan(Family::log, "3", "")->valid());

  ASSERT_TRUE(put("2", Durability::synced, "written again"));
  EXPECT_EQ(store_->get(Family::log, "2").value(), "written again");
}

TEST_F(MemoryDiskTest, KeepsNoMoreThanReadersAndAPowerCutMayAskFor) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(put("key", Durability::synced, std::to_string(i)));
  EXPECT_EQ(disk_.version_count(), 1u);
  {
    const auto snapshot = store_->snapshot();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(put("key", Durability::synced, std::to_string(i)));
    EXPECT_GT(disk_.version_count(), 1u);
    EXPECT_EQ(snapshot->get(Family::log, "key").value(), "99");
  }
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(put("key", Durability::buffered));
  EXPECT_EQ(disk_.version_count(), 11u);
  Batch batch;
  batch.remove(Family::log, "key");
  ASSERT_TRUE(store_->commit(batch, Durability::synced));
  EXPECT_EQ(disk_.version_count(), 0u);
}

TEST_F(MemoryDiskTest, AStoreOfItsOwnNeedsNoDisk) {
  const auto store = make_memory_store();
  Batch batch;
  batch.put(Family::meta, "key", "value");
  ASSERT_TRUE(store->commit(batch, Durability::synced));
  EXPECT_EQ(store->get(Family::meta, "key").value(), "value");
}

}  // namespace
}  // namespace relais::store

#include "simulator/disk.h"

#include <gtest/gtest.h>

#include "simulator/faulty_store.h"
#include "store/store.h"

namespace relais::simulator {
namespace {

using store::Durability;
using store::Family;

class DiskOf : public ::testing::TestWithParam<StoreKind> {
 protected:
  void open() { store_ = disk_->open().value(); }
  void close() { store_.reset(); }
  Status put(const std::string& key, Durability durability) {
    store::Batch batch;
    batch.put(Family::log, key, std::string(300, 'v'));
    return store_->commit(batch, durability);
  }
  bool has(const std::string& key) { return store_->get(Family::log, key).value().has_value(); }

  Counts counts_;
  std::unique_ptr<Disks> disks_ = make_disks(GetParam(), counts_);
  std::shared_ptr<Disk> disk_ = disks_->make(testing::Chance(1));
  std::unique_ptr<store::Store> store_;
  testing::Chance chance_{2};
};

TEST_P(DiskOf, KeepsWhatIsSyncedAndAFirstPartOfTheRestWhenThePowerGoes) {
  std::size_t kept = 0;
  constexpr std::size_t kRounds = 20;
  for (std::size_t round = 0; round < kRounds; ++round) {
    open();
    const std::string key = std::to_string(round);
    ASSERT_TRUE(put(key, Durability::synced));
    ASSERT_TRUE(put(key + " first", Durability::buffered));
    ASSERT_TRUE(put(key + " second", Durability::buffered));
    disk_->cut_power(chance_);
    close();
    open();
    EXPECT_TRUE(has(key));
    EXPECT_FALSE(has(key + " second") && !has(key + " first"));
    kept += has(key + " first");
    close();
  }
  EXPECT_GT(kept, 0u);
  EXPECT_LT(kept, kRounds);
}

TEST_P(DiskOf, StopsAtAWriteThatFailsAndHasItOrNotAfterwards) {
  const std::pair<WriteError, bool> kinds[] = {
      {WriteError::disk_full, false}, {WriteError::fails, false}, {WriteError::landed, true}};
  for (const Durability durability : {Durability::buffered, Durability::synced}) {
    for (const auto& [error, lands] : kinds) {
      open();
      const std::string key = std::to_string(static_cast<int>(durability)) + "/" +
                              std::to_string(static_cast<int>(error));
      const Status failed = disk_->failing(error, [&] { return put(key, durability); });
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().code() == ErrorCode::disk_full, error == WriteError::disk_full);
      EXPECT_TRUE(store_->failed());
      EXPECT_FALSE(put("later", durability));
      close();
      open();
      EXPECT_EQ(has(key), lands);
      EXPECT_FALSE(has("later"));
      close();
    }
  }
}

TEST_P(DiskOf, OfAStoppedStoreKeepsNoFaultForTheNextOpening) {
  auto power = std::make_shared<char>();
  const auto open_faulty = [&](WriteOutcome outcome) {
    open();
    store_ =
        make_faulty(std::move(store_), *disk_, {[outcome](auto) { return outcome; }, [] {}, power});
  };
  open_faulty(WriteOutcome::fails);
  EXPECT_FALSE(put("one", Durability::buffered));
  EXPECT_FALSE(put("another", Durability::synced));
  EXPECT_FALSE(store_->sync());
  close();
  open_faulty(WriteOutcome::lands);
  EXPECT_TRUE(put("later", Durability::synced));
  close();
}

TEST_P(DiskOf, IsCopiedWithAllThatTheStoreShows) {
  open();
  ASSERT_TRUE(put("synced", Durability::synced));
  ASSERT_TRUE(put("buffered", Durability::buffered));
  const auto copy = disk_->copy(*store_);
  ASSERT_TRUE(put("later", Durability::synced));
  close();
  store_ = copy->open().value();
  EXPECT_TRUE(has("synced"));
  EXPECT_TRUE(has("buffered"));
  EXPECT_FALSE(has("later"));
  close();  // before its disk goes
}

INSTANTIATE_TEST_SUITE_P(Kinds, DiskOf, ::testing::Values(StoreKind::memory, StoreKind::rocksdb),
                         [](const auto& kind) { return name_of(kind.param); });

}  // namespace
}  // namespace relais::simulator

#include "store/batch.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "base/limits.h"
#include "store/store.h"

namespace relais::store {
namespace {

using Recorded = std::vector<std::tuple<Batch::Kind, Family, Bytes, Bytes>>;

Recorded recorded(const Batch& batch) {
  Recorded all;
  batch.each([&](const Batch::Op& op) {
    all.emplace_back(op.kind, op.family, Bytes(op.key), Bytes(op.value));
  });
  return all;
}

TEST(Batch, GivesItsOperationsBackInTheirOrder) {
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.put(Family::log, "key", "value");
  batch.remove(Family::meta, "");
  batch.remove_range(Family::held, "a", "b");
  batch.remove_range(Family::held, "c", "");
  batch.put(Family::index, "", "");
  EXPECT_EQ(recorded(batch), (Recorded{{Batch::Kind::put, Family::log, "key", "value"},
                                       {Batch::Kind::remove, Family::meta, "", ""},
                                       {Batch::Kind::remove_range, Family::held, "a", "b"},
                                       {Batch::Kind::remove_range, Family::held, "c", ""},
                                       {Batch::Kind::put, Family::index, "", ""}}));
  EXPECT_EQ(batch.count(), 5u);
  EXPECT_EQ(batch.size_bytes(), 11u);
}

TEST(Batch, LeavesOutARangeThatHoldsNothing) {
  Batch batch;
  batch.remove_range(Family::log, "b", "a");
  batch.remove_range(Family::log, "b", "b");
  EXPECT_TRUE(batch.empty());
}

TEST(Batch, TakesInAnother) {
  Batch batch;
  batch.put(Family::log, "1", "one");
  Batch other;
  other.remove(Family::log, "2");
  batch.append(other);
  batch.append(batch);
  EXPECT_EQ(recorded(batch), (Recorded{{Batch::Kind::put, Family::log, "1", "one"},
                                       {Batch::Kind::remove, Family::log, "2", ""},
                                       {Batch::Kind::put, Family::log, "1", "one"},
                                       {Batch::Kind::remove, Family::log, "2", ""}}));
}

TEST(Batch, IsAsNewOnceCleared) {
  Batch batch;
  batch.put(Family::log, Bytes(limits::kStoreKeyBytes + 1, 'k'), "");
  EXPECT_FALSE(batch.check().has_value());
  batch.clear();
  EXPECT_TRUE(batch.check().has_value());
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.size_bytes(), 0u);
}

TEST(Batch, HoldsToItsLimits) {
  const Bytes key(limits::kStoreKeyBytes, 'k');
  const Bytes value(limits::kStoreValueBytes, 'v');
  Batch batch;
  batch.put(Family::log, key, value);
  batch.remove_range(Family::log, "", key);
  EXPECT_TRUE(batch.check().has_value());

  const auto fails = [](auto fill) {
    Batch over;
    fill(over);
    const Status status = over.check();
    return !status && status.error().code() == ErrorCode::limit_exceeded &&
           status.error().message() == "A record is too large for the store.";
  };
  EXPECT_TRUE(fails([&](Batch& over) { over.put(Family::log, key + "k", ""); }));
  EXPECT_TRUE(fails([&](Batch& over) { over.put(Family::log, "", value + "v"); }));
  EXPECT_TRUE(fails([&](Batch& over) { over.remove(Family::log, key + "k"); }));
  EXPECT_TRUE(fails([&](Batch& over) { over.remove_range(Family::log, "a", key + "k"); }));
  EXPECT_TRUE(fails([&](Batch& over) {
    Batch other;
    other.remove(Family::log, key + "k");
    over.append(other);
  }));
}

TEST(Batch, HoldsToItsLimitAsAWhole) {
  static_assert(limits::kStoreBatchBytes == 2 * limits::kStoreValueBytes);
  const Bytes value(limits::kStoreValueBytes, 'v');
  Batch batch;
  batch.put(Family::log, "", value);
  batch.put(Family::log, "", value);
  EXPECT_TRUE(batch.check().has_value());
  batch.remove(Family::log, "k");
  ASSERT_FALSE(batch.check().has_value());
  EXPECT_EQ(batch.check().error().message(), "A batch is too large for the store.");
}

TEST(AfterPrefix, IsTheLeastKeyThatComesAfterAllThatBeginWithIt) {
  EXPECT_EQ(after_prefix("ab"), "ac");
  EXPECT_EQ(after_prefix("a\x7f"), "a\x80");
  EXPECT_EQ(after_prefix("a\xff\xff"), "b");
  EXPECT_EQ(after_prefix("\xff"), "");
  EXPECT_EQ(after_prefix(""), "");
}

}  // namespace
}  // namespace relais::store

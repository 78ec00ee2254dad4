#pragma once

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "store/store.h"

/// Tests for every back end of the store. A back end instantiates the suite with a `Place` that
/// makes its stores:
///   INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance, testing::Values(make_memory_place));
namespace relais::store {

/// The location of one store, which can be opened repeatedly, one at a time.
class Place {
 public:
  virtual ~Place() = default;
  virtual Result<std::unique_ptr<Store>> open() = 0;
};

using MakePlace = std::unique_ptr<Place> (*)();

inline constexpr std::array<Family, kFamilyCount> kAllFamilies = {
    Family::meta, Family::log, Family::documents, Family::index, Family::held};

class StoreConformance : public testing::TestWithParam<MakePlace> {
 protected:
  using Rows = std::vector<std::pair<Bytes, Bytes>>;

  void SetUp() override { open(); }

  void open() {
    auto opened = place_->open();
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    store_ = std::move(opened).value();
  }
  void reopen() {
    store_.reset();
    open();
  }

  void commit(const Batch& batch, Durability durability = Durability::buffered) {
    const Status status = store_->commit(batch, durability);
    ASSERT_TRUE(status.has_value()) << status.error().message();
  }
  void put(Family family, BytesView key, BytesView value) {
    Batch batch;
    batch.put(family, key, value);
    commit(batch);
  }
  void put_all(const std::vector<Bytes>& keys) {
    Batch batch;
    for (const Bytes& key : keys) batch.put(Family::log, key, "=" + key);
    commit(batch);
  }

  static std::optional<Bytes> get(const Reads& reads, Family family, BytesView key) {
    auto value = reads.get(family, key);
    EXPECT_TRUE(value.has_value()) << value.error().message();
    return value ? std::move(value).value() : std::nullopt;
  }
  static Rows rows(Iterator& iterator) {
    Rows rows;
    for (; iterator.valid(); iterator.next()) rows.emplace_back(iterator.key(), iterator.value());
    EXPECT_TRUE(iterator.status().has_value());
    return rows;
  }
  static std::vector<Bytes> keys(const Reads& reads, BytesView from, BytesView to,
                                 Family family = Family::log) {
    std::vector<Bytes> keys;
    for (auto& row : rows(*reads.scan(family, from, to))) keys.push_back(std::move(row.first));
    return keys;
  }

  std::unique_ptr<Place> place_ = GetParam()();
  std::unique_ptr<Store> store_;
};

using Keys = std::vector<Bytes>;

TEST_P(StoreConformance, AFreshStoreIsEmptyInEveryFamily) {
  for (const Family family : kAllFamilies) {
    EXPECT_EQ(get(*store_, family, "a"), std::nullopt);
    EXPECT_TRUE(keys(*store_, "", "", family).empty());
  }
  EXPECT_FALSE(store_->failed());
}

TEST_P(StoreConformance, GivesBackWhatWasPut) {
  put(Family::log, "key", "first");
  put(Family::log, "key", "second");
  EXPECT_EQ(get(*store_, Family::log, "key"), "second");
  EXPECT_EQ(get(*store_, Family::log, "ke"), std::nullopt);
  EXPECT_EQ(get(*store_, Family::log, "keys"), std::nullopt);
}

TEST_P(StoreConformance, TheFamiliesDontMix) {
  Batch batch;
  for (const Family family : kAllFamilies) {
    batch.put(family, "key", std::to_string(static_cast<int>(family)));
  }
  commit(batch);
  for (const Family family : kAllFamilies) {
    EXPECT_EQ(get(*store_, family, "key"), std::to_string(static_cast<int>(family)));
    EXPECT_EQ(keys(*store_, "", "", family), Keys{"key"});
  }
}

TEST_P(StoreConformance, EmptyKeysAndValuesAndZeroBytesAreKept) {
  const Bytes zeros("\0\0", 2);
  const Bytes mixed("a\0b\xff", 4);
  put(Family::meta, "", "the empty key");
  put(Family::meta, zeros, "");
  put(Family::meta, mixed, zeros);
  EXPECT_EQ(get(*store_, Family::meta, ""), "the empty key");
  EXPECT_EQ(get(*store_, Family::meta, zeros), "");
  EXPECT_EQ(get(*store_, Family::meta, mixed), zeros);
  EXPECT_EQ(get(*store_, Family::meta, BytesView("\0", 1)), std::nullopt);
  EXPECT_EQ(keys(*store_, "", "", Family::meta), (Keys{"", zeros, mixed}));
}

TEST_P(StoreConformance, ReadingIntoAStringReplacesWhatItHeld) {
  put(Family::meta, "key", "new");
  Bytes value = "something longer that was there";
  EXPECT_TRUE(store_->get_into(Family::meta, "key", value).value());
  EXPECT_EQ(value, "new");
  EXPECT_FALSE(store_->get_into(Family::meta, "other", value).value());
}

TEST_P(StoreConformance, LaterOperationsOfABatchWin) {
  put_all({"a", "b", "c"});
  Batch batch;
  batch.put(Family::log, "a", "put, then removed");
  batch.remove(Family::log, "a");
  batch.remove(Family::log, "b");
  batch.put(Family::log, "b", "removed, then put");
  batch.put(Family::log, "c", "put, then removed with its range");
  batch.put(Family::log, "d", "the same");
  batch.remove_range(Family::log, "c", "e");
  batch.put(Family::log, "d", "and put again");
  commit(batch);
  EXPECT_EQ(rows(*store_->scan(Family::log, "", "")),
            (Rows{{"b", "removed, then put"}, {"d", "and put again"}}));
}

TEST_P(StoreConformance, RemovingWhatIsNotThereIsNoFault) {
  Batch batch;
  batch.remove(Family::log, "never there");
  batch.remove_range(Family::held, "a", "z");
  commit(batch);
  commit(Batch());
  commit(Batch(), Durability::synced);
  EXPECT_TRUE(keys(*store_, "", "").empty());
}

TEST_P(StoreConformance, ScansInTheOrderOfUnsignedBytes) {
  put_all({"\xff", "b", "\x7f", "a", "ab", "\x80", "a\xff", "B"});
  EXPECT_EQ(keys(*store_, "", ""), (Keys{"B", "a", "ab", "a\xff", "b", "\x7f", "\x80", "\xff"}));
}

TEST_P(StoreConformance, AScanTakesInItsStartAndNotItsEnd) {
  put_all({"a", "b", "c", "d"});
  EXPECT_EQ(keys(*store_, "b", "d"), (Keys{"b", "c"}));
  EXPECT_EQ(keys(*store_, "aa", "cc"), (Keys{"b", "c"}));
  EXPECT_EQ(keys(*store_, "c", ""), (Keys{"c", "d"}));
  EXPECT_TRUE(keys(*store_, "b", "b").empty());
  EXPECT_TRUE(keys(*store_, "d", "b").empty());
  EXPECT_TRUE(keys(*store_, "e", "").empty());
}

TEST_P(StoreConformance, APrefixTakesInWhatBeginsWithItAlone) {
  put_all({"a", "ab", "ab\xff", "ab\xff\xff", "ac", "\xff", "\xff\xff", "\xff\xff z"});
  const auto begins = [this](BytesView prefix) {
    Keys found;
    for (auto& row : rows(*store_->scan_prefix(Family::log, prefix))) found.push_back(row.first);
    return found;
  };
  EXPECT_EQ(begins("ab"), (Keys{"ab", "ab\xff", "ab\xff\xff"}));
  EXPECT_EQ(begins("ab\xff"), (Keys{"ab\xff", "ab\xff\xff"}));
  EXPECT_EQ(begins("\xff\xff"), (Keys{"\xff\xff", "\xff\xff z"}));
  EXPECT_EQ(begins("").size(), 8u);
}

TEST_P(StoreConformance, ARangeIsRemovedFromItsStartUpToItsEnd) {
  put_all({"a", "b", "c", "d", "e"});
  put(Family::held, "c", "in another family");
  Batch batch;
  batch.remove_range(Family::log, "b", "d");
  batch.remove_range(Family::log, "e", "a");
  commit(batch);
  EXPECT_EQ(keys(*store_, "", ""), (Keys{"a", "d", "e"}));
  EXPECT_EQ(get(*store_, Family::log, "c"), std::nullopt);
  EXPECT_EQ(get(*store_, Family::held, "c"), "in another family");
}

TEST_P(StoreConformance, ARangeWithoutAnEndGoesToTheFamilysEnd) {
  put_all({"a", "b", Bytes(limits::kStoreKeyBytes, '\xff')});
  Batch batch;
  batch.remove_range(Family::log, "b", "");
  commit(batch);
  EXPECT_EQ(keys(*store_, "", ""), Keys{"a"});
}

TEST_P(StoreConformance, WhatIsPutIntoARemovedRangeStays) {
  put_all({"a", "b"});
  Batch batch;
  batch.remove_range(Family::log, "", "");
  commit(batch);
  put(Family::log, "b", "again");
  EXPECT_EQ(rows(*store_->scan(Family::log, "", "")), (Rows{{"b", "again"}}));
  reopen();
  EXPECT_EQ(rows(*store_->scan(Family::log, "", "")), (Rows{{"b", "again"}}));
}

TEST_P(StoreConformance, ManyKeysAreReadTogetherInTheirOrder) {
  put_all({"a", "b", "c"});
  put(Family::log, "empty", "");
  const std::vector<BytesView> asked = {"c", "nothing", "a", "empty", "a"};
  const auto values = store_->multi_get(Family::log, asked);
  ASSERT_TRUE(values.has_value());
  EXPECT_EQ(*values, (std::vector<std::optional<Bytes>>{"=c", std::nullopt, "=a", "", "=a"}));
  EXPECT_TRUE(store_->multi_get(Family::log, {})->empty());
}

TEST_P(StoreConformance, ThousandsOfKeysAreReadTogether) {
  Batch batch;
  std::vector<Bytes> names;
  for (int i = 0; i < 5000; ++i) names.push_back("key " + std::to_string(i * 7919 % 5000));
  for (std::size_t i = 0; i < names.size(); i += 2)
    batch.put(Family::documents, names[i], names[i]);
  commit(batch);
  const std::vector<BytesView> asked(names.begin(), names.end());
  const auto values = store_->multi_get(Family::documents, asked);
  ASSERT_TRUE(values.has_value());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ((*values)[i], i % 2 == 0 ? std::optional<Bytes>(names[i]) : std::nullopt);
  }
}

TEST_P(StoreConformance, ASnapshotStaysAsItWas) {
  put_all({"a", "b", "c"});
  const auto before = store_->snapshot();
  Batch batch;
  batch.put(Family::log, "a", "changed");
  batch.remove(Family::log, "b");
  batch.put(Family::log, "d", "new");
  batch.put(Family::meta, "m", "in another family");
  commit(batch);

  EXPECT_EQ(rows(*before->scan(Family::log, "", "")),
            (Rows{{"a", "=a"}, {"b", "=b"}, {"c", "=c"}}));
  EXPECT_EQ(get(*before, Family::log, "b"), "=b");
  EXPECT_EQ(get(*before, Family::log, "d"), std::nullopt);
  EXPECT_EQ(get(*before, Family::meta, "m"), std::nullopt);
  const std::vector<BytesView> asked = {"a", "d"};
  EXPECT_EQ(*before->multi_get(Family::log, asked),
            (std::vector<std::optional<Bytes>>{"=a", std::nullopt}));
  EXPECT_EQ(rows(*store_->scan(Family::log, "", "")),
            (Rows{{"a", "changed"}, {"c", "=c"}, {"d", "new"}}));
}

TEST_P(StoreConformance, SnapshotsOfDifferentTimesDontDisturbEachOther) {
  std::vector<std::unique_ptr<Reads>> snapshots;
  for (int i = 0; i < 5; ++i) {
    put(Family::log, "key", std::to_string(i));
    snapshots.push_back(store_->snapshot());
  }
  Batch batch;
  batch.remove_range(Family::log, "", "");
  commit(batch);
  snapshots.erase(snapshots.begin() + 2);
  put(Family::log, "other", "x");
  for (const int i : {0, 1, 3, 4}) {
    const auto& snapshot = snapshots[static_cast<std::size_t>(i < 2 ? i : i - 1)];
    EXPECT_EQ(get(*snapshot, Family::log, "key"), std::to_string(i));
  }
  EXPECT_EQ(get(*store_, Family::log, "key"), std::nullopt);
}

TEST_P(StoreConformance, AScanDoesntSeeWhatIsWrittenUnderIt) {
  put_all({"a", "c", "e"});
  const auto iterator = store_->scan(Family::log, "", "");
  Rows seen;
  for (; iterator->valid(); iterator->next()) {
    seen.emplace_back(iterator->key(), iterator->value());
    Batch batch;
    batch.remove_range(Family::log, "", "");
    batch.put(Family::log, seen.back().first + "+", "new");
    commit(batch);
    EXPECT_EQ(iterator->key(), seen.back().first);
    EXPECT_EQ(iterator->value(), seen.back().second);
  }
  EXPECT_TRUE(iterator->status().has_value());
  EXPECT_EQ(seen, (Rows{{"a", "=a"}, {"c", "=c"}, {"e", "=e"}}));
  EXPECT_EQ(keys(*store_, "", ""), Keys{"e+"});
}

TEST_P(StoreConformance, AnIteratorOutlivesItsSnapshot) {
  put_all({"a", "b"});
  auto snapshot = store_->snapshot();
  const auto iterator = snapshot->scan(Family::log, "", "");
  snapshot.reset();
  Batch batch;
  batch.remove_range(Family::log, "", "");
  commit(batch);
  put(Family::log, "c", "");
  EXPECT_EQ(rows(*iterator), (Rows{{"a", "=a"}, {"b", "=b"}}));
}

TEST_P(StoreConformance, BigValuesComeBackWhole) {
  Bytes big(5 * 1024 * 1024, '\0');
  std::mt19937_64 random(1);
  for (char& c : big) c = static_cast<char>(random());
  put(Family::documents, "big", big);
  put(Family::documents, "bigger", Bytes(limits::kStoreValueBytes, 'v'));
  reopen();
  EXPECT_TRUE(get(*store_, Family::documents, "big") == big);
  EXPECT_TRUE(get(*store_, Family::documents, "bigger") == Bytes(limits::kStoreValueBytes, 'v'));
}

TEST_P(StoreConformance, WhatIsOverALimitIsRefusedWholeAndTheStoreGoesOn) {
  const Bytes longest(limits::kStoreKeyBytes, 'k');
  put(Family::log, longest, "fits");
  const auto refused = [this](const Batch& batch) {
    const Status status = store_->commit(batch, Durability::buffered);
    return !status && status.error().code() == ErrorCode::limit_exceeded;
  };
  Batch batch;
  batch.put(Family::log, "beside it", "");
  batch.put(Family::log, longest + "k", "");
  EXPECT_TRUE(refused(batch));
  batch.clear();
  batch.put(Family::log, "value", Bytes(limits::kStoreValueBytes + 1, 'v'));
  EXPECT_TRUE(refused(batch));
  EXPECT_FALSE(store_->failed());
  put(Family::log, "after", "");
  EXPECT_EQ(keys(*store_, "", ""), (Keys{"after", longest}));
}

TEST_P(StoreConformance, EverythingCommittedIsThereAfterReopening) {
  put_all({"a", "b", "c"});
  Batch batch;
  batch.remove(Family::log, "b");
  batch.put(Family::meta, "head", "3");
  commit(batch, Durability::synced);
  put(Family::held, "late", "buffered");
  reopen();
  EXPECT_EQ(rows(*store_->scan(Family::log, "", "")), (Rows{{"a", "=a"}, {"c", "=c"}}));
  EXPECT_EQ(get(*store_, Family::meta, "head"), "3");
  EXPECT_EQ(get(*store_, Family::held, "late"), "buffered");
}

TEST_P(StoreConformance, SyncingIsPossibleAtAnyTime) {
  EXPECT_TRUE(store_->sync().has_value());
  put(Family::log, "a", "");
  EXPECT_TRUE(store_->sync().has_value());
  EXPECT_TRUE(store_->sync().has_value());
  commit(Batch(), Durability::synced);
  reopen();
  EXPECT_TRUE(store_->sync().has_value());
  EXPECT_EQ(keys(*store_, "", ""), Keys{"a"});
}

TEST_P(StoreConformance, OnlyOneCanHaveItOpen) {
  const auto second = place_->open();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), ErrorCode::store_locked);
  put(Family::log, "a", "");
  reopen();
  EXPECT_EQ(keys(*store_, "", ""), Keys{"a"});
}

TEST_P(StoreConformance, AnIteratorKeepsTheStoreOpenAndReadable) {
  put_all({"a", "b"});
  auto iterator = store_->scan(Family::log, "", "");
  store_.reset();
  const auto second = place_->open();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), ErrorCode::store_locked);
  EXPECT_EQ(rows(*iterator), (Rows{{"a", "=a"}, {"b", "=b"}}));
  iterator.reset();
  open();
  EXPECT_EQ(keys(*store_, "", ""), (Keys{"a", "b"}));
}

/// A writer moves a token between families while readers read: each must see exactly one.
TEST_P(StoreConformance, ReadersInOtherThreadsSeeWholeBatchesOnly) {
  put(Family::log, "0", "token");
  std::atomic<bool> done{false};
  std::atomic<int> looks{0};
  std::atomic<int> torn{0};
  const auto look = [&] {
    while (!done) {
      const auto snapshot = store_->snapshot();
      std::size_t tokens = 0;
      for (const Family family : kAllFamilies) tokens += keys(*snapshot, "", "", family).size();
      if (tokens != 1) ++torn;
      ++looks;
    }
  };
  std::thread first(look);
  std::thread second(look);
  for (int i = 0; i < 2000 || looks < 20; ++i) {
    Batch batch;
    batch.remove(kAllFamilies[(1 + static_cast<std::size_t>(i)) % kFamilyCount], std::to_string(i));
    batch.put(kAllFamilies[(2 + static_cast<std::size_t>(i)) % kFamilyCount], std::to_string(i + 1),
              "token");
    commit(batch);
  }
  done = true;
  first.join();
  second.join();
  EXPECT_EQ(torn, 0);
}

/// Compared with a plain map: random batches, snapshots and reopenings, from a fixed seed.
TEST_P(StoreConformance, BehavesLikeAMapThatIsCopied) {
  using Model = std::array<std::map<Bytes, Bytes>, kFamilyCount>;
  std::mt19937 random(20240607);
  const auto draw = [&](unsigned n) { return static_cast<std::size_t>(random() % n); };
  const auto key = [&] { return Bytes(1 + draw(2), static_cast<char>('a' + draw(9))); };
  Model model;
  std::vector<std::pair<std::unique_ptr<Reads>, Model>> snapshots;
  const auto expect_same = [&](const Reads& reads, const Model& expected) {
    for (const Family family : kAllFamilies) {
      const auto& map = expected[static_cast<std::size_t>(family)];
      ASSERT_EQ(rows(*reads.scan(family, "", "")), Rows(map.begin(), map.end()));
    }
  };
  for (int round = 0; round < 300; ++round) {
    Batch batch;
    for (std::size_t n = draw(8); n > 0; --n) {
      const Family family = kAllFamilies[draw(kFamilyCount)];
      auto& map = model[static_cast<std::size_t>(family)];
      const Bytes one = key();
      const std::size_t choice = draw(10);
      if (choice < 6) {
        const Bytes value = std::to_string(random());
        batch.put(family, one, value);
        map[one] = value;
      } else if (choice < 9) {
        batch.remove(family, one);
        map.erase(one);
      } else {
        const Bytes other = key();
        batch.remove_range(family, one, other);
        if (one < other) map.erase(map.lower_bound(one), map.lower_bound(other));
      }
    }
    commit(batch, draw(20) == 0 ? Durability::synced : Durability::buffered);
    if (draw(4) == 0) snapshots.emplace_back(store_->snapshot(), model);
    if (!snapshots.empty() && draw(4) == 0) {
      const std::size_t which = draw(static_cast<unsigned>(snapshots.size()));
      ASSERT_NO_FATAL_FAILURE(expect_same(*snapshots[which].first, snapshots[which].second));
      snapshots.erase(snapshots.begin() + static_cast<std::ptrdiff_t>(which));
    }
    if (draw(60) == 0) {
      snapshots.clear();
      reopen();
    }
    ASSERT_NO_FATAL_FAILURE(expect_same(*store_, model)) << "round " << round;
  }
}

}  // namespace relais::store

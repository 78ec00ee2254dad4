#include "replica/projection/citing.h"
#include "replica/projection_fixture.h"

namespace relais::testing {
namespace {

using store::Family;

class ProjectionLimits : public ProjectionTest {
 protected:
  /// Text that compresses to an eighth.
  std::string text(std::size_t size) {
    std::string letters(size, 'a');
    for (char& letter : letters) letter = chance_.one_in(2) ? 'a' : 'b';
    return letters;
  }
  /// A change of this size, whose field names begin so.
  document::Change of_size(std::size_t writer, std::size_t bytes, const std::string& id,
                           const std::string& prefix = "f") {
    auto made = change(writer, "", {}, id);
    made.ops.clear();
    const auto size = [&] { return document::encode(made, writers().next(writer)).size(); };
    const auto add = [&](std::size_t length) {
      const std::string name = prefix + std::to_string(made.ops.size());
      made.ops.push_back({{document::Step(name)}, document::op::Set{Value(text(length)), {}}});
    };
    for (std::size_t left = bytes; left > 60'000; left -= 50'100) add(50'000);
    add(1);
    std::size_t length = 1;
    for (int i = 0; i < 6 && size() != bytes; ++i) {
      length += bytes - size();
      made.ops.pop_back();
      add(length);
    }
    EXPECT_EQ(size(), bytes);
    return made;
  }
  CompartmentId records() {
    return log::compartment_id(space.core("A").identity.space, "", "records");
  }
  document::Change small() {
    document::Change made;
    made.address = address();
    made.ops.push_back({{document::Step(std::string("x"))}, document::op::Set{Value("y"), {}}});
    return made;
  }
  document::Change removal() {
    document::Change made = small();
    made.ops[0].what = document::op::Delete{};
    return made;
  }
  std::string growth(const document::Change& made, std::size_t bytes) {
    const Status status = replica::check_growth(space.core("A"), records(), made, bytes);
    return status ? "" : status.error().message();
  }

 private:
  Chance chance_{7};
};

TEST_F(ProjectionLimits, ATransactionInflatesToItsLimitAndNotBeyond) {
  writers(2);
  constexpr std::size_t kMost = limits::kChangeBytes;
  constexpr std::size_t kWhole = limits::kTransactionInflatedBytes / kMost - 1;
  for (const std::size_t writer : {0, 1}) {
    const std::string id = std::to_string(writer);
    for (std::size_t i = 0; i < kWhole; ++i) write(writer, of_size(writer, kMost, id), false);
    const std::size_t last = 100;
    write(writer, of_size(writer, kMost - last + writer, id), false);
    write(writer, of_size(writer, last, "in the same transaction" + id));
    write(writer, "in the next", {}, id);
    bring(writer, "R");
    bring(writer, "S");
  }
  EXPECT_EQ(aside("R", 0, 1), "not set aside");
  EXPECT_EQ(aside("R", 0, kWhole + 2), "not set aside");
  for (std::size_t seq = 1; seq <= kWhole + 2; ++seq) {
    EXPECT_EQ(aside("R", 1, seq), "over a limit") << seq;
  }
  EXPECT_EQ(json("R", "1"), R"({"note":"in the next"})");
  EXPECT_EQ(record("R", "0").tail.size() +
                replica::folded_positions(*space.core("R").store, key("R", "0"))->size(),
            kWhole + 2);
  expect_same();
}

TEST_F(ProjectionLimits, AChangeThatInflatesTooFarTakesItsTransactionWithIt) {
  writers(1);
  write(0, change(0, "beside it", {}, "2"), false);
  Bytes bomb("\2\0\x38", 3);  // a frame of one block of one byte, 128 KiB
  const std::size_t header = 1 | 1 << 1 | std::size_t{128 * 1024} << 3;
  for (int shift = 0; shift < 24; shift += 8) bomb.push_back(static_cast<char>(header >> shift));
  bomb.push_back('x');
  writers().write_packed(0, bomb);
  write(0, "after it");
  bring(0, "R");
  bring(0, "S");
  EXPECT_EQ(aside("R", 0, 1), "over a limit");
  EXPECT_EQ(aside("R", 0, 2), "over a limit");
  EXPECT_EQ(json("R"), R"({"note":"after it"})");
  EXPECT_EQ(json("R", "2"), "There is no such document.");
  expect_same();
}

TEST_F(ProjectionLimits, AnAuthorsChangesOfADocumentComeToTheirLimitAndNotBeyond) {
  writers(2);
  constexpr std::size_t kMost = limits::kChangeBytes;
  constexpr std::size_t kWhole = limits::kAuthorInDocumentBytes / kMost - 1;
  for (std::size_t i = 0; i < kWhole; ++i) write(0, of_size(0, kMost, "1"));
  write(0, of_size(0, kMost - 100, "1"));
  write(0, of_size(0, 100, "1"));
  write(0, "beyond it", {}, "1", "beyond");
  write(0, "the same", {}, "1", "beyond");
  write(0, "of another document", {}, "2");
  write(1, "by another author", {}, "1", "other");
  for (const char* device : {"R", "S"}) {
    bring(device[0] == 'R' ? 0 : 1, device);
    bring(device[0] == 'R' ? 1 : 0, device);
  }
  EXPECT_EQ(aside("R", 0, kWhole + 1), "not set aside");
  EXPECT_EQ(aside("R", 0, kWhole + 2), "not set aside");
  EXPECT_EQ(aside("R", 0, kWhole + 3), "too much");
  EXPECT_EQ(aside("R", 0, kWhole + 4), "too much");
  EXPECT_EQ(json("R", "2"), R"({"note":"of another document"})");
  EXPECT_EQ(dump("R"), dump("S"));
}

TEST_F(ProjectionLimits, WhatTwoWriteTogetherStopsNothing) {
  writers(3);
  constexpr std::size_t kEach = 72;  // 18 MiB
  for (const std::size_t writer : {0, 1}) {
    for (std::size_t i = 0; i < kEach; ++i) {
      write(writer, of_size(writer, limits::kChangeBytes, "1",
                            std::to_string(writer) + "." + std::to_string(i) + "."));
    }
  }
  write(2, "another document", {}, "2");
  for (const char* device : {"R", "S"}) {
    bring(device[0] == 'R' ? 0 : 1, device);
    bring(device[0] == 'R' ? 1 : 0, device);
    bring(2, device);
    EXPECT_EQ(json(device, "2"), R"({"note":"another document"})");
    EXPECT_GT(record(device).checkpoint_bytes, 2 * kEach * (limits::kChangeBytes - 20'000) * 3 / 4);
    EXPECT_GT(json(device).size(), 2 * kEach * (limits::kChangeBytes - 20'000));
    std::size_t largest = 0;
    for (const Family family : {Family::documents, Family::index}) {
      const auto rows = space.core(device).store->scan(family, {}, {});
      for (; rows->valid(); rows->next()) largest = std::max(largest, rows->value().size());
    }
    EXPECT_LE(largest, limits::kCheckpointChunkBytes);
    EXPECT_THAT(replica::verify(replica::Snapshot(space.core(device)))->problems,
                ::testing::IsEmpty());
  }
  EXPECT_TRUE(dump("R") == dump("S"));
  // It is still sent and listed like any other change.
  ASSERT_TRUE(space.join("T", "A"));
  const SyncResults results = space.sync("T", "R");
  ASSERT_TRUE(results.caller) << results.caller.error().message();
  EXPECT_TRUE(results.caller->in_sync);
  EXPECT_TRUE(space.dump("T") == space.dump("R"));
  EXPECT_GT(space.dump("T").size(), 2 * kEach * (limits::kChangeBytes - 20'000));
}

// Each of them rewrites the checkpoint of a large document.
TEST_F(ProjectionLimits, AFewKilobytesThatTouchManyLargeDocumentsMakeNoLargeBatch) {
  writers(2);
  constexpr std::size_t kDocuments = 32;
  constexpr std::size_t kChanges = 5;  // 1.25 MiB a document
  for (std::size_t i = 0; i < kDocuments; ++i) {
    const std::string id = std::to_string(i);
    for (std::size_t part = 0; part < kChanges; ++part) {
      write(0, of_size(0, limits::kChangeBytes, id, std::to_string(part) + "."));
    }
    for (std::size_t n = 0; n < limits::kDocumentTail; ++n) write(0, "small", {}, id);
  }
  bring(0, "R");
  std::size_t folded = 0;
  for (std::size_t i = 0; i < kDocuments; ++i) {
    folded += record("R", std::to_string(i)).checkpoint_bytes;
  }
  ASSERT_GT(folded, 2 * limits::kFoldedBytesPerBatch);
  const std::size_t cost = folded / kDocuments / 4 / limits::kTailChangeCost + 2;
  for (std::size_t n = 0; n < cost; ++n) {
    for (std::size_t i = 0; i < kDocuments; ++i) {
      write(1, std::to_string(n), {}, std::to_string(i), "w");
    }
  }
  space.calls("R").largest_commit = 0;
  bring(1, "R");
  std::size_t checkpoints = 0;
  for (std::size_t i = 0; i < kDocuments; ++i) {
    const auto its = record("R", std::to_string(i));
    checkpoints += its.tail.size() <= limits::kDocumentTail ? 1 : 0;
  }
  EXPECT_EQ(checkpoints, kDocuments) << "all are made anew";
  EXPECT_LT(space.calls("R").largest_commit, limits::kFoldedBytesPerBatch * 3 / 2);
  EXPECT_GT(space.calls("R").largest_commit, limits::kFoldedBytesPerBatch / 2);
  EXPECT_THAT(replica::verify(replica::Snapshot(space.core("R")))->problems, ::testing::IsEmpty());
}

TEST_F(ProjectionLimits, ADocumentGrowsToItsLimitAndBeyondThatByAShareOfEachAuthor) {
  writers(1);
  for (std::size_t i = 0; i < 30; ++i) {
    write(0, of_size(0, limits::kChangeBytes, "1", std::to_string(i) + "."));
  }
  bring(0, "A");
  const auto its = record("A");
  const std::size_t left = limits::kDocumentGrowthBytes - its.checkpoint_bytes - its.tail_bytes;
  ASSERT_LT(left, limits::kDocumentGrowthBytes / 2);
  const std::string refused =
      "The document has grown to 8 MiB, and this device has written 1 MiB of it: continue in "
      "another document.";
  EXPECT_EQ(growth(small(), left), "");
  EXPECT_EQ(growth(small(), left + limits::kOwnShareBytes), refused);
  EXPECT_EQ(growth(removal(), left + 1), "");
  EXPECT_TRUE(replica::only_removes(removal()));
  // The same by an edit of the host, before anything is written.
  for (std::size_t i = 30; i < 34; ++i) {
    write(0, of_size(0, limits::kChangeBytes, "1", std::to_string(i) + "."));
  }
  bring(0, "A");
  const auto edit = [&](const std::string& json) {
    return space.edit("A", [&](replica::Edit& made) {
      return made.put_json(TestSpace::document("cases/1"), "extra", json);
    });
  };
  const Status grown = edit(R"("more")");
  EXPECT_TRUE(grown) << "others filled it, and leave each author room";
  const Status large = edit('"' + std::string(limits::kOwnShareBytes, 'x') + '"');
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().message(), refused);
  EXPECT_TRUE(space.edit("A", [&](replica::Edit& made) {
    return made.erase(TestSpace::document("cases/1"), "30.0");
  }));
}

TEST_F(ProjectionLimits, AnAuthorAddsUpToAnEighthLessThanItMayRemove) {
  space.put("A", "cases/1", "note", R"("mine")");
  auto its = record("A");
  its.counted = true;
  its.tail_bytes = 100;
  its.authors[0].bytes = limits::kAuthorGrowthBytes - 1000;
  store::Batch batch;
  batch.put(Family::documents, key("A"), store::encode(its));
  ASSERT_TRUE(space.core("A").store->commit(batch, store::Durability::synced));
  EXPECT_EQ(growth(small(), 1000), "");
  const std::string refused =
      "This device has written 28 MiB of changes to the document, and can only remove from it: "
      "continue in another document.";
  EXPECT_EQ(growth(small(), 1001), refused);
  EXPECT_EQ(growth(removal(), 1000 + limits::kAuthorInDocumentBytes / 8), "");
  EXPECT_EQ(growth(removal(), 1001 + limits::kAuthorInDocumentBytes / 8), refused);
}

TEST_F(ProjectionLimits, TheChangesOfOneEditCountTogether) {
  space.put("A", "cases/1", "note", R"("mine")");
  auto its = record("A");
  its.counted = true;
  ASSERT_EQ(its.authors.size(), 1u);
  its.authors[0].bytes = limits::kAuthorGrowthBytes - 300'000;
  store::Batch batch;
  batch.put(Family::documents, key("A"), store::encode(its));
  ASSERT_TRUE(space.core("A").store->commit(batch, store::Durability::synced));
  const auto put = [&](std::size_t bytes) {
    return space.edit("A", [bytes](replica::Edit& edit) {
      return edit.put_json({"", "cases", "1"}, "text", '"' + std::string(bytes, 'x') + '"');
    });
  };
  const Status refused = put(400'000);  // two changes
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message().substr(0, 31), "This device has written 28 MiB ");
  EXPECT_EQ(json("A"), R"({"note":"mine"})");
  EXPECT_TRUE(put(200'000));
}

}  // namespace
}  // namespace relais::testing

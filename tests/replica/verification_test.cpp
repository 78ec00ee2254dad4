#include "replica/read/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coding.h"
#include "document/edit/draft.h"
#include "replica/read/status.h"
#include "store/tables/document_record.h"
#include "store/tables/keys.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

using store::Family;
using ::testing::_;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// No name: reports of problems are sent to other people.
const std::string kDocument = "Document 1 in the store's order: ";

/// A store damaged outside the engine: three signed changes of one document by A, at B.
struct Damaged : ::testing::Test {
  void SetUp() override {
    space.found("A");
    ASSERT_TRUE(space.join("B", "A"));
    for (const char* status : {R"("open")", R"("urgent")", R"("closed")"})
      space.put("A", "cases/1", "status", status);
    ASSERT_TRUE(space.sync("B", "A").caller);
    ASSERT_THAT(problems(), IsEmpty());
    const auto& identity = space.core("A").identity;
    const store::LogRow* row =
        core().logs.find({log::compartment_id(identity.space, "", "records"), identity.author()});
    ASSERT_NE(row, nullptr);
    ASSERT_EQ(row->head.seq, 3u);
    no = row->no;
  }

  replica::Core& core() { return space.core("B"); }
  std::vector<std::string> problems() {
    return replica::verify(replica::Snapshot(core())).value().problems;
  }

  Bytes get(Family family, const Bytes& key) {
    auto value = core().store->get(family, key).value();
    EXPECT_TRUE(value);
    return value.value_or("");
  }
  void put(Family family, const Bytes& key, const Bytes& value) {
    store::Batch batch;
    batch.put(family, key, value);
    commit(batch);
  }
  void remove(Family family, const Bytes& key) {
    store::Batch batch;
    batch.remove(family, key);
    commit(batch);
  }
  void commit(const store::Batch& batch) {
    ASSERT_TRUE(core().store->commit(batch, store::Durability::synced));
    space.crash("B");
  }
  /// Changes the last byte.
  void spoil(Family family, const Bytes& key) {
    Bytes value = get(family, key);
    value.back() = static_cast<char>(value.back() ^ 1);
    put(family, key, value);
  }
  Bytes document_key() { return Bytes(core().store->scan(Family::documents, {}, {})->key()); }

  Bytes seal_key(std::uint64_t last_seq) {
    const Bytes prefix = store::meta_key(store::meta::kSeal, no, last_seq);
    return Bytes(core().store->scan_prefix(Family::meta, prefix)->key());
  }

  std::string log_says(std::uint64_t seq, const std::string& what) {
    return "Log " + std::to_string(no) + ", change " + std::to_string(seq) + ": " + what;
  }

  TestSpace space;
  store::LogNo no = 0;
};

TEST_F(Damaged, ALostBlockBreaksTheChain) {
  remove(Family::log, store::block_key(no, 2));
  EXPECT_THAT(problems(), ElementsAre(log_says(3, "The chain of hashes is broken."),
                                      kDocument + "A block is missing in the store."));
}

TEST_F(Damaged, ALostLastBlockIsMissedByTheLogsHead) {
  remove(Family::log, store::block_key(no, 3));
  EXPECT_THAT(problems(), ElementsAre(log_says(3, "The log's end differs from its recorded head."),
                                      kDocument + "A block is missing in the store."));
}

TEST_F(Damaged, AnotherBlockDoesNotOpenAndIsNotWhatWasSigned) {
  spoil(Family::log, store::block_key(no, 3));
  EXPECT_THAT(problems(), ElementsAre(log_says(3, "The change can't be opened."),
                                      log_says(3, "The hash differs from the signed one."), _));
}

TEST_F(Damaged, ASealThatDoesNotVerifyCountsForNothing) {
  spoil(Family::meta, seal_key(3));
  EXPECT_THAT(problems(), ElementsAre(log_says(0, "A seal isn't valid."),
                                      log_says(3, "The log's head isn't signed.")));
}

TEST_F(Damaged, AProofOfAForkThatDoesNotVerifyIsNamed) {
  Bytes proof;
  put_sized(proof, get(Family::meta, seal_key(3)));
  put_sized(proof, {});
  put(Family::meta, store::meta_key(store::meta::kFork, no), proof);
  EXPECT_THAT(problems(), Contains(log_says(3, "The proof of the log's fork isn't valid.")));
}

TEST_F(Damaged, ADocumentsRecordThatDoesNotDecodeIsNamedByItsPlace) {
  put(Family::documents, document_key(), "?");
  EXPECT_THAT(problems(), ElementsAre(kDocument + "A document's record is damaged."));
}

TEST_F(Damaged, ADocumentThatIsListedWithAConflictItHasNotIsAProblem) {
  Bytes record = get(Family::documents, document_key());
  record[0] = static_cast<char>(record[0] | 1);
  put(Family::documents, document_key(), record);
  EXPECT_THAT(problems(), ElementsAre(kDocument + "Its conflicts aren't indexed correctly."));
}

/// A record whose checkpoint differs from what the logs say.
TEST_F(Damaged, AnotherStateThanTheChangesMakeIsAProblem) {
  document::State other;
  const auto& identity = space.core("A").identity;
  document::Draft draft({}, {identity.author(), 1}, {"cases", "1"}, {1});
  ASSERT_TRUE(draft.set({document::Step(std::string("status"))}, Value("open")));
  ASSERT_TRUE(other.apply(std::move(draft).finish(), {identity.author(), 1}));
  store::DocumentRecord record;
  record.counted = true;
  record.author(no).seq = 3;
  record.checkpoint = other.canonical();
  record.checkpoint_bytes = record.checkpoint.size();
  put(Family::documents, document_key(), store::encode(record));
  EXPECT_THAT(
      problems(),
      ElementsAre(kDocument + "The stored state differs from the state that its changes make.",
                  kDocument + "The stored context differs from that of its changes.",
                  kDocument + "The changes in its record differ from those in the logs."));
}

TEST_F(Damaged, AChangeThatWasNotAppliedIsMissed) {
  store::DocumentRecord record;
  record.apply({no, 1});
  record.apply({no, 2});
  put(Family::documents, document_key(), store::encode(record));
  EXPECT_THAT(problems(),
              ElementsAre(kDocument + "The changes in its record differ from those in the logs."));
}

TEST_F(Damaged, ADocumentThatIsNotInTheStoreIsMissedByItsChanges) {
  remove(Family::documents, document_key());
  EXPECT_THAT(problems(),
              ElementsAre(log_says(1, "The change's document is missing in the store.")));
}

TEST_F(Damaged, ADocumentThatNoLogHasAChangeOfIsAProblem) {
  const Bytes key = document_key();
  const Bytes record = get(Family::documents, key);
  put(Family::documents,
      store::document_key(store::parse_document_key(key)->compartment, {"cases", "2"}), record);
  EXPECT_THAT(problems(),
              ElementsAre("Document 2 in the store's order: No log holds a change of it."));
}

TEST_F(Damaged, AConflictThatTheIndexLostOrHasTooMuchIsAProblem) {
  space.put("B", "cases/1", "status", R"("reopened")");
  space.put("A", "cases/1", "status", R"("void")");
  ASSERT_TRUE(space.sync("B", "A").caller);
  ASSERT_THAT(problems(), IsEmpty());
  const Bytes key = store::conflict_key(document_key());
  remove(Family::index, key);
  EXPECT_THAT(problems(), ElementsAre(kDocument + "Its conflicts aren't indexed correctly."));
  put(Family::index, key, {});
  put(Family::index, key + "9", {});
  EXPECT_THAT(problems(),
              ElementsAre("The index of documents with a conflict has superfluous entries: 1."));
}

TEST_F(Damaged, AnIndexOfWaitingChangesThatIsWrongIsAProblem) {
  put(Family::index, store::waiting_key(document_key(), no, 2), {});
  EXPECT_THAT(problems(),
              ElementsAre(kDocument + "The changes in its record differ from those in the logs.",
                          kDocument + "Its waiting changes aren't indexed correctly."));
  remove(Family::index, store::waiting_key(document_key(), no, 2));
  put(Family::index, store::waiting_key("no document", no, 2), {});
  EXPECT_THAT(problems(), ElementsAre("The index of waiting changes has superfluous entries: 1."));
}

TEST_F(Damaged, AChangeThatIsSetAsideForNothingIsMissedInItsDocument) {
  put(Family::index, store::set_aside_key(no, 3), Bytes(1, '\1'));
  EXPECT_THAT(problems(),
              ElementsAre(kDocument + "The changes in its record differ from those in the logs."));
  remove(Family::index, store::set_aside_key(no, 3));
  put(Family::index, store::set_aside_key(no, 9), Bytes(1, '\1'));
  EXPECT_THAT(problems(),
              ElementsAre("The index of changes that are set aside has superfluous entries: 1."));
}

/// Documents of every kind, written offline by both, with checkpoints and conflicts.
TEST(Verify, FindsNothingInWhatTwoDevicesWroteApart) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  for (int round = 0; round < 40; ++round) {
    for (const std::string device : {"A", "B"}) {
      const std::string number = std::to_string(round);
      space.put(device, "cases/" + std::to_string(round % 3), "status",
                '"' + device + number + '"');
      space.put(device, "cases/1", "visits", "[" + number + "]");
      space.put(device, "cases/1", "plan", round % 2 == 0 ? "{\"next\":1}" : "\"rest\"");
      if (round % 7 == 0) {
        ASSERT_TRUE(space.edit(device, [](replica::Edit& edit) {
          return edit.erase({"", "cases", "1"}, "visits");
        }));
      }
      EXPECT_THAT(replica::verify(replica::Snapshot(space.core(device))).value().problems,
                  IsEmpty());
    }
    if (round % 5 == 0) {
      ASSERT_TRUE(space.sync("B", "A").caller);
    }
  }
  ASSERT_TRUE(space.sync("B", "A").caller);
  replica::Core& core = space.core("B");
  EXPECT_THAT(replica::verify(replica::Snapshot(core)).value().problems, IsEmpty());
  const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
  const Bytes key = store::document_key(*core.logs.compartment_no(records), {"cases", "1"});
  EXPECT_GT(replica::Documents::record(*core.store, key)->checkpoint_bytes, 0u);
  EXPECT_GT(replica::status(replica::Snapshot(core))->conflicts, 0u);
}

}  // namespace
}  // namespace relais::testing

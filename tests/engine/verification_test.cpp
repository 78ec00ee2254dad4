#include "engine/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/tables/keys.h"
#include "support/ward.h"

namespace relais::testing {
namespace {

using store::Family;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// No name: a report of problems is to be sent to somebody.
const std::string kDocument = "Document 1 in the store's order: ";

/// A store that was damaged behind the engine's back: three changes of one document by A, signed,
/// at B.
struct Damaged : ::testing::Test {
  void SetUp() override {
    ward.found("A");
    ASSERT_TRUE(ward.join("B", "A"));
    for (const char* status : {R"("open")", R"("urgent")", R"("closed")"})
      ward.put("A", "cases/1", "status", status);
    ASSERT_TRUE(ward.sync("B", "A").caller);
    ASSERT_THAT(problems(), IsEmpty());
    const auto& identity = ward.core("A").identity;
    const store::LogRow* row =
        core().logs.find({log::compartment_id(identity.space, "", "records"), identity.author()});
    ASSERT_NE(row, nullptr);
    ASSERT_EQ(row->head.seq, 3u);
    no = row->no;
  }

  engine::Core& core() { return ward.core("B"); }
  std::vector<std::string> problems() { return engine::verify(core()).value().problems; }

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
    ward.crash("B");
  }
  /// With another last byte.
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

  Ward ward;
  store::LogNo no = 0;
};

TEST_F(Damaged, ALostBlockBreaksTheChain) {
  remove(Family::log, store::block_key(no, 2));
  EXPECT_THAT(problems(), ElementsAre(log_says(3, "the chain is broken"),
                                      kDocument + "A block that the store lists isn't there."));
}

TEST_F(Damaged, ALostLastBlockIsMissedByTheLogsHead) {
  remove(Family::log, store::block_key(no, 3));
  EXPECT_THAT(problems(), ElementsAre(log_says(3, "the log ends elsewhere than its head says"),
                                      kDocument + "A block that the store lists isn't there."));
}

TEST_F(Damaged, AnotherBlockDoesNotOpenAndIsNotWhatWasSigned) {
  spoil(Family::log, store::block_key(no, 3));
  EXPECT_THAT(problems(), ElementsAre(log_says(3, "it doesn't open"),
                                      log_says(3, "its signed hash is another"), _));
}

TEST_F(Damaged, ASealThatDoesNotVerifyCountsForNothing) {
  spoil(Family::meta, seal_key(3));
  EXPECT_THAT(problems(), ElementsAre(log_says(0, "a seal doesn't verify"),
                                      log_says(3, "its head isn't signed")));
}

TEST_F(Damaged, ADocumentsRecordThatDoesNotDecodeIsNamedByItsPlace) {
  put(Family::documents, document_key(), "?");
  EXPECT_THAT(problems(), ElementsAre(kDocument + "A document's record is damaged."));
}

TEST_F(Damaged, ADocumentThatIsListedWithAConflictItHasNotIsAProblem) {
  Bytes record = get(Family::documents, document_key());
  record[0] = static_cast<char>(record[0] | 1);
  put(Family::documents, document_key(), record);
  EXPECT_THAT(problems(), ElementsAre(kDocument + "its conflicts aren't listed right"));
}

}  // namespace
}  // namespace relais::testing

#include "replica/lifecycle/incarnation.h"

#include <gtest/gtest.h>

#include "support/test_space.h"

namespace relais::testing {
namespace {

TEST(Incarnation, ACopiedFolderWritesAsANewAuthor) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  ward.put("A", "cases/1", "status", R"("open")");
  const AuthorId before = ward.core("A").identity.author();
  ASSERT_TRUE(replica::start_new_incarnation(ward.core("A"), "another folder"));
  EXPECT_NE(ward.core("A").identity.author(), before);
  ward.put("A", "cases/1", "status", R"("closed")");
  ASSERT_TRUE(ward.sync("B", "A").caller);
  EXPECT_SAME(ward);
  EXPECT_EQ(ward.json("B", "cases/1"), R"({"status":"closed"})");
  EXPECT_TRUE(ward.conflicts("B", "cases/1").empty());
}

/// A device forgets what it wrote in documents, as if an older state of its store had come back.
void forget_own_documents(TestSpace& ward, const std::string& device) {
  const auto& core = ward.core(device);
  store::LogTable table = *store::LogTable::load(*core.store);
  store::Commit commit(table);
  store::Batch& forget = commit.batch();
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.author != core.identity.author() || id.compartment == core.control_compartment()) {
      continue;
    }
    store::LogRow older = row;
    older.head = core.genesis(id);
    older.opened = 0;
    commit.update(older);
    forget.remove_range(store::Family::log, store::block_key(row.no, 1),
                        store::block_key(row.no + 1, 0));
    forget.remove_range(store::Family::meta, store::meta_key(store::meta::kSeal, row.no),
                        store::meta_key(store::meta::kSeal, row.no + 1));
  }
  forget.remove_range(store::Family::documents, "", "");
  ASSERT_TRUE(commit.write(*core.store, store::Durability::synced));
  ward.crash(device);
}

TEST(Incarnation, ADeviceThatMeetsItsOwnLogLongerTakesItInAndGoesOnAsANewAuthor) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  ward.put("B", "cases/1", "status", R"("open")");
  ASSERT_TRUE(ward.sync("B", "A").caller);
  const AuthorId before = ward.core("B").identity.author();
  forget_own_documents(ward, "B");
  EXPECT_EQ(ward.json("B", "cases/1"), "There is no such document.");

  ASSERT_TRUE(ward.sync("B", "A").caller);
  EXPECT_EQ(ward.json("B", "cases/1"), R"({"status":"open"})");
  EXPECT_NE(ward.core("B").identity.author(), before);
  ward.put("B", "cases/1", "status", R"("closed")");
  ASSERT_TRUE(ward.sync("B", "A").caller);
  EXPECT_SAME(ward);
}

TEST(Incarnation, ADeviceThatMeetsAnotherHistoryOfItsOwnLogGoesOnAsANewAuthor) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  for (const char* status : {R"("new")", R"("open")"}) ward.put("B", "cases/1", "status", status);
  ASSERT_TRUE(ward.sync("B", "A").caller);
  forget_own_documents(ward, "B");
  ward.put("B", "cases/2", "status", R"("open")");
  (void)ward.sync("B", "A");  // that its log is forked is seen here
  ward.put("B", "cases/3", "status", R"("open")");
  (void)ward.sync("B", "A");
  EXPECT_EQ(ward.json("A", "cases/1"), R"({"status":"open"})");
  EXPECT_EQ(ward.json("A", "cases/3"), R"({"status":"open"})");
}

}  // namespace
}  // namespace relais::testing

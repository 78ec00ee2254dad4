#include "replica/lifecycle/incarnation.h"

#include <gtest/gtest.h>

#include "support/test_space.h"

namespace relais::testing {
namespace {

TEST(Incarnation, ACopiedFolderWritesAsANewAuthor) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  space.put("A", "cases/1", "status", R"("open")");
  const AuthorId before = space.core("A").identity.author();
  ASSERT_TRUE(replica::start_new_incarnation(space.core("A"), "another folder"));
  EXPECT_NE(space.core("A").identity.author(), before);
  space.put("A", "cases/1", "status", R"("closed")");
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_SAME(space);
  EXPECT_EQ(space.json("B", "cases/1"), R"({"status":"closed"})");
  EXPECT_TRUE(space.conflicts("B", "cases/1").empty());
}

/// Makes a device lose what it wrote in documents, like a restored older store.
void forget_own_documents(TestSpace& space, const std::string& device) {
  const auto& core = space.core(device);
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
  space.crash(device);
}

TEST(Incarnation, ADeviceThatReceivesItsOwnLogLongerStoresItAndGoesOnAsANewAuthor) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  space.put("B", "cases/1", "status", R"("open")");
  ASSERT_TRUE(space.sync("B", "A").caller);
  const AuthorId before = space.core("B").identity.author();
  forget_own_documents(space, "B");
  EXPECT_EQ(space.json("B", "cases/1"), "There is no such document.");

  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_EQ(space.json("B", "cases/1"), R"({"status":"open"})");
  EXPECT_NE(space.core("B").identity.author(), before);
  space.put("B", "cases/1", "status", R"("closed")");
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_SAME(space);
}

TEST(Incarnation, ADeviceThatReceivesAnotherHistoryOfItsOwnLogGoesOnAsANewAuthor) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  for (const char* status : {R"("new")", R"("open")"}) space.put("B", "cases/1", "status", status);
  ASSERT_TRUE(space.sync("B", "A").caller);
  forget_own_documents(space, "B");
  space.put("B", "cases/2", "status", R"("open")");
  (void)space.sync("B", "A");  // here it learns that its log is forked
  space.put("B", "cases/3", "status", R"("open")");
  (void)space.sync("B", "A");
  EXPECT_EQ(space.json("A", "cases/1"), R"({"status":"open"})");
  EXPECT_EQ(space.json("A", "cases/3"), R"({"status":"open"})");
}

}  // namespace
}  // namespace relais::testing

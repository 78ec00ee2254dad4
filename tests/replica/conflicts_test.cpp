// A document, the list and the counters agree on conflicts.
#include <gtest/gtest.h>

#include "replica/read/document_names.h"
#include "replica/read/listing.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "support/test_space.h"

namespace relais {
namespace {

using replica::Edit;
using testing::TestSpace;

const DocumentId kContested{"", "cases", "1"};

/// Two devices of one space, whose cases have a legal part.
class Conflicts : public ::testing::Test {
 protected:
  void SetUp() override {
    space.found("A", {{"cases", "legal", "legal"}});
    ASSERT_TRUE(space.join("B", "A"));
    space.settle();
  }

  using Listed = std::vector<std::pair<DocumentId, std::string>>;

  /// By reading each document.
  Listed shown(const std::string& device) {
    replica::Core& core = space.core(device);
    replica::ReadView reader(core.reading());
    Listed all;
    EXPECT_TRUE(replica::each_name(core.reading(), [&](const DocumentId& id) -> Result<bool> {
      const auto conflicts = reader.conflicts_of(id);
      EXPECT_EQ(*reader.count_conflicts(id), conflicts->size());
      for (const ConflictView& conflict : *conflicts) all.emplace_back(id, conflict.path);
      return true;
    }));
    return all;
  }
  /// By the index.
  Listed listed(const std::string& device) {
    replica::Core& core = space.core(device);
    Listed all;
    EXPECT_TRUE(replica::each_conflict(replica::Snapshot(core), [&](const ConflictView& conflict) {
      all.emplace_back(conflict.document, conflict.path);
      return true;
    }));
    return all;
  }
  void expect_one_account(std::size_t documents, std::size_t fields) {
    space.settle();
    for (const std::string device : {"A", "B"}) {
      EXPECT_EQ(shown(device), listed(device)) << device;
      EXPECT_EQ(shown(device).size(), fields) << device;
      EXPECT_EQ(replica::status(replica::Snapshot(space.core(device)))->conflicts, documents)
          << device;
      EXPECT_TRUE(replica::verify(replica::Snapshot(space.core(device)))->problems.empty())
          << device;
    }
  }

  TestSpace space;
};

TEST_F(Conflicts, OfEveryKindAreListedAndCountedAsTheyAreShown) {
  space.put("A", "cases/1", "", R"({"w":1,"list":[1,2,3],"gone":{"x":1},"legal":{"stage":"a"}})");
  expect_one_account(0, 0);
  space.put("A", "cases/1", "w", "2");
  space.put("B", "cases/1", "w", "3");
  expect_one_account(1, 1);
  space.put("A", "cases/2", "plan", R"({"next":1})");
  space.put("B", "cases/2", "plan", R"("rest")");
  expect_one_account(2, 3);
  const auto write = [&](const std::string& device, auto action) {
    ASSERT_TRUE(space.edit(device, action));
  };
  write("A", [](Edit& edit) { return edit.erase(kContested, "gone"); });
  space.put("B", "cases/1", "gone/y", "2");
  expect_one_account(2, 4);
  for (const std::string device : {"A", "B"}) {
    write(device, [&](Edit& edit) {
      return edit.at(kContested, "list", [&](document::Draft& draft, const document::Path& at) {
        return draft.move(at, 0, device == "A" ? 1 : 2);
      });
    });
  }
  expect_one_account(2, 5);
  space.put("A", "cases/1", "legal/stage", R"("b")");
  space.put("B", "cases/1", "legal/stage", R"("c")");
  expect_one_account(2, 6);
  write("B", [](Edit& edit) { return edit.keep(kContested, ""); });
  expect_one_account(1, 2);
  space.put("A", "cases/1", "w", "9");
  write("A", [](Edit& edit) { return edit.undo(kContested); });
  write("A", [](Edit& edit) { return edit.erase({"", "cases", "2"}, ""); });
  space.settle();
  EXPECT_EQ(shown("A"), listed("A"));
  EXPECT_EQ(shown("B"), listed("B"));
}

TEST_F(Conflicts, EqualValuesThatWereWrittenApartAreNone) {
  space.put("A", "cases/1", "w", "2");
  space.put("B", "cases/1", "w", "2");
  expect_one_account(0, 0);
}

}  // namespace
}  // namespace relais

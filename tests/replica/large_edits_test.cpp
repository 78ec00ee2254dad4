// Edits too large for one change: still one transaction, undone as one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "replica/read/history.h"
#include "replica/read/verification.h"
#include "replica/write/section_compartment.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

std::string numbers(int count) {
  std::string json = "[0";
  for (int i = 1; i < count; ++i) json += "," + std::to_string(i);
  return json + "]";
}

class LargeEdits : public ::testing::Test {
 protected:
  void SetUp() override { space_.found("A", {{"cases", "legal", "legal"}}); }

  std::string read() { return space_.json("A", "cases/1"); }
  Status undo() {
    return space_.edit(
        "A", [](replica::Edit& edit) { return edit.undo(TestSpace::document("cases/1")); });
  }
  std::vector<replica::CausalChange> changes() {
    replica::Core& core = space_.core("A");
    const CompartmentId compartment = *replica::ensure_compartment(core, "", "cases", "care");
    return *replica::causal_changes(core.reading(), compartment, {"cases", "1"});
  }

  TestSpace space_;
};

TEST_F(LargeEdits, AreSeveralChangesOfOneTransactionAndTakenBackAsAWhole) {
  space_.put("A", "cases/1", "care/note", R"("before")");
  space_.put("A", "cases/1", "care", "{\"list\":" + numbers(20000) + ",\"note\":\"after\"}");
  const auto made = changes();
  ASSERT_GE(made.size(), 3u);
  EXPECT_FALSE(made[0].change.attribution.transaction);
  ASSERT_TRUE(made[1].change.attribution.transaction);
  for (std::size_t i = 2; i < made.size(); ++i) {
    EXPECT_EQ(made[i].change.attribution.transaction, made[1].change.attribution.transaction);
  }
  ASSERT_TRUE(undo());
  EXPECT_EQ(read(), R"({"care":{"note":"before"}})");
  ASSERT_TRUE(undo()) << "what was taken back is done again";
  EXPECT_EQ(read(), "{\"care\":{\"list\":" + numbers(20000) + ",\"note\":\"after\"}}");
  EXPECT_TRUE(replica::verify(replica::Snapshot(space_.core("A")))->problems.empty());
}

TEST_F(LargeEdits, OfSeveralDocumentsAndCompartmentsHaveTheirPlacesOneBehindTheOther) {
  ASSERT_TRUE(space_.edit("A", [](replica::Edit& edit) -> Status {
    for (const char* name : {"cases/1", "cases/2", "cases/1"}) {
      const DocumentId id = TestSpace::document(name);
      for (const char* section : {"care", "legal"}) {
        if (Status done = edit.put_json(id, section, numbers(20000)); !done) return done;
        if (Status done = edit.put_json(id, std::string(section) + "2", "1"); !done) return done;
      }
    }
    return {};
  }));
  const std::string json =
      "{\"care\":" + numbers(20000) + ",\"care2\":1,\"legal\":" + numbers(20000) + ",\"legal2\":1}";
  EXPECT_EQ(read(), json);
  EXPECT_EQ(space_.json("A", "cases/2"), json);
  EXPECT_TRUE(replica::verify(replica::Snapshot(space_.core("A")))->problems.empty());
  ASSERT_TRUE(space_.join("B", "A"));
  space_.settle();
  EXPECT_EQ(space_.json("B", "cases/1"), json);
  ASSERT_TRUE(undo());
  EXPECT_EQ(read(), "There is no such document.");
  EXPECT_EQ(space_.json("A", "cases/2"), json);
}

TEST_F(LargeEdits, OfMoreThanATransactionAreRefusedAndNothingIsWritten) {
  space_.put("A", "cases/1", "care/note", R"("before")");
  std::string text;  // incompressible
  for (std::uint64_t seed = 1; text.size() < 2'000'000;) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    text.push_back(static_cast<char>('0' + (seed >> 33) % 43));
    text.push_back(static_cast<char>('a' + (seed >> 43) % 26));
  }
  const Status refused = space_.edit("A", [&](replica::Edit& edit) {
    return edit.at(TestSpace::document("cases/1"), "care/text",
                   [&](document::Draft& draft, const document::Path& path) {
                     return draft.update_text(path, text);
                   });
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "The transaction is too large: write it in parts.");
  EXPECT_EQ(read(), R"({"care":{"note":"before"}})");
  EXPECT_TRUE(space_.edit("A", [](replica::Edit& edit) {
    return edit.put_json(TestSpace::document("cases/1"), "care/note", R"("goes on")");
  }));
}

TEST_F(LargeEdits, AFailureThatTheHostPassesOverWritesNothingOfItself) {
  const DocumentId id = TestSpace::document("cases/1");
  ASSERT_TRUE(space_.edit("A", [&](replica::Edit& edit) -> Status {
    EXPECT_FALSE(edit.put_json(id, "care", "not JSON"));
    return edit.put_json(id, "legal", "1");
  }));
  EXPECT_EQ(read(), R"({"legal":1})");
  ASSERT_TRUE(space_.edit("A", [&](replica::Edit& edit) {
    EXPECT_FALSE(edit.erase(id, "care"));
    return Status();
  }));
  const Status refused = space_.edit("A", [&](replica::Edit& edit) -> Status {
    const auto half = [](document::Draft& draft, const document::Path& path) {
      EXPECT_TRUE(draft.set(path, 1));
      return draft.count(path, 1);
    };
    EXPECT_FALSE(edit.at(id, "care", half));
    return {};
  });
  EXPECT_EQ(refused.error().code(), ErrorCode::wrong_kind);
  EXPECT_EQ(read(), R"({"legal":1})");
}

TEST_F(LargeEdits, DeletingTheLastFieldLeavesTheDocumentAndDeletingThatDoesNot) {
  space_.put("A", "cases/1", "care", R"({"phone":1})");
  const auto erase = [&](const char* path) {
    return space_.edit(
        "A", [&](replica::Edit& edit) { return edit.erase(TestSpace::document("cases/1"), path); });
  };
  ASSERT_TRUE(erase("care/phone"));
  EXPECT_EQ(read(), R"({"care":{}})");
  ASSERT_TRUE(erase("care"));
  EXPECT_EQ(read(), "{}");
  ASSERT_TRUE(erase(""));
  EXPECT_EQ(read(), "There is no such document.");
}

TEST_F(LargeEdits, AStepThatIsNoIndexDoesNotMakeAListAnObject) {
  space_.put("A", "cases/1", "visits", R"([{"note":"a"}])");
  for (const char* path : {"visits/-1/note", "visits/note", "visits/1.0", "visits/ 0"}) {
    const Status refused = space_.edit("A", [&](replica::Edit& edit) {
      return edit.put_json(TestSpace::document("cases/1"), path, "1");
    });
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
    EXPECT_THAT(refused.error().message(),
                ::testing::HasSubstr("A list element is named by its number, from 0"));
  }
  EXPECT_EQ(read(), R"({"visits":[{"note":"a"}]})");
}

}  // namespace
}  // namespace relais::testing

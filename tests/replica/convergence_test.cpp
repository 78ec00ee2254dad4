#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/packing.h"
#include "replica/read/history.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A and B hold the same case and are offline.
class Apart : public ::testing::Test {
 protected:
  void SetUp() override {
    space_.found("A");
    ASSERT_TRUE(space_.join("B", "A"));
    space_.put("A", "cases/1", "",
               R"({"status":"open","medical":{"visits":[{"note":"first"}],"weight_kg":60}})");
    space_.settle();
  }

  void sync() {
    const SyncResults results = space_.sync("B", "A");
    ASSERT_TRUE(results.caller) << results.caller.error().message();
    EXPECT_TRUE(results.caller->in_sync);
    EXPECT_TRUE(results.called->in_sync);
    EXPECT_SAME(space_);
  }

  TestSpace space_;
};

TEST_F(Apart, WhatOneWritesTheOtherShows) {
  EXPECT_EQ(space_.json("B", "cases/1"),
            R"({"medical":{"visits":[{"note":"first"}],"weight_kg":60},"status":"open"})");
}

TEST_F(Apart, DifferentFieldsBothStayAndNothingConflicts) {
  space_.put("A", "cases/1", "status", R"("closed")");
  space_.put("B", "cases/1", "medical/weight_kg", "61");
  sync();
  EXPECT_EQ(space_.json("A", "cases/1"),
            R"({"medical":{"visits":[{"note":"first"}],"weight_kg":61},"status":"closed"})");
  EXPECT_TRUE(space_.conflicts("A", "cases/1").empty());
}

TEST_F(Apart, TheSameFieldKeepsBothValuesWithAuthorAndTimeOnBothDevices) {
  space_.put("A", "cases/1", "medical/weight_kg", "61");
  space_.put("B", "cases/1", "medical/weight_kg", "62");
  sync();
  for (const std::string& name : space_.names()) {
    const auto conflicts = space_.conflicts(name, "cases/1");
    ASSERT_EQ(conflicts.size(), 1u) << name;
    EXPECT_EQ(conflicts[0].path, "medical/weight_kg");
    ASSERT_EQ(conflicts[0].versions.size(), 2u);
    // The later one is shown first.
    EXPECT_EQ(conflicts[0].versions[0].value, Value(62));
    EXPECT_EQ(conflicts[0].versions[0].written.device, space_.core("B").identity.device());
    EXPECT_EQ(conflicts[0].versions[1].value, Value(61));
    EXPECT_EQ(conflicts[0].versions[1].written.device, space_.core("A").identity.device());
    EXPECT_GT(conflicts[0].versions[0].written.time_ms, conflicts[0].versions[1].written.time_ms);
  }
}

TEST_F(Apart, ALaterWriteOnOneDeviceResolvesTheConflictOnBoth) {
  space_.put("A", "cases/1", "medical/weight_kg", "61");
  space_.put("B", "cases/1", "medical/weight_kg", "62");
  sync();
  space_.put("A", "cases/1", "medical/weight_kg", "61.5");
  sync();
  EXPECT_TRUE(space_.conflicts("A", "cases/1").empty());
  EXPECT_TRUE(space_.conflicts("B", "cases/1").empty());
  EXPECT_THAT(space_.json("B", "cases/1"), HasSubstr(R"("weight_kg":61.5)"));
}

TEST_F(Apart, TheSameValueWrittenTwiceIsNoConflict) {
  space_.put("A", "cases/1", "status", R"("referred")");
  space_.put("B", "cases/1", "status", R"("referred")");
  sync();
  EXPECT_TRUE(space_.conflicts("A", "cases/1").empty());
}

TEST_F(Apart, BothAppendToOneListAndBothEntriesStay) {
  const auto append = [&](const char* device, const char* json) {
    ASSERT_TRUE(space_.edit(device, [&](replica::Edit& edit) {
      return edit.at(TestSpace::document("cases/1"), "medical/visits",
                     [&](document::Draft& draft, const document::Path& path) {
                       return draft.append_json(path, json);
                     });
    }));
  };
  append("A", R"({"note":"from A"})");
  append("B", R"({"note":"from B"})");
  sync();
  EXPECT_THAT(space_.json("A", "cases/1"), HasSubstr("from A"));
  EXPECT_THAT(space_.json("A", "cases/1"), HasSubstr("from B"));
}

TEST_F(Apart, TwoWriteDifferentHalvesOfOneNoteAndNoWordIsLost) {
  const auto write = [&](const char* device, const char* text) {
    ASSERT_TRUE(space_.edit(device, [&](replica::Edit& edit) {
      return edit.at(TestSpace::document("cases/1"), "medical/note",
                     [&](document::Draft& draft, const document::Path& path) {
                       return draft.update_text(path, text);
                     });
    }));
  };
  write("A", "Wound clean. Next visit in two weeks.");
  space_.settle();
  write("A", "Wound clean, dressing changed. Next visit in two weeks.");
  write("B", "Wound clean. Next visit in two weeks, with the midwife.");
  sync();
  EXPECT_THAT(
      space_.json("B", "cases/1"),
      HasSubstr("Wound clean, dressing changed. Next visit in two weeks, with the midwife."));
}

TEST_F(Apart, AFieldDeletedHereAndWrittenThereIsShownWholeAsOneConflict) {
  ASSERT_TRUE(space_.edit("A", [&](replica::Edit& edit) {
    return edit.erase(TestSpace::document("cases/1"), "medical");
  }));
  space_.put("B", "cases/1", "medical/weight_kg", "62");
  sync();
  EXPECT_THAT(space_.json("A", "cases/1"), HasSubstr(R"("weight_kg":62)"));
  EXPECT_THAT(space_.json("A", "cases/1"), HasSubstr("first"));
}

TEST_F(Apart, ADocumentMadeOnBothSidesIsOneDocument) {
  space_.put("A", "cases/new", "", R"({"code":"x","a":1})");
  space_.put("B", "cases/new", "", R"({"code":"x","b":2})");
  sync();
  EXPECT_EQ(space_.json("A", "cases/new"), R"({"a":1,"b":2,"code":"x"})");
}

TEST_F(Apart, ADocumentEditedManyTimesIsFoldedAndStaysTheSame) {
  for (int i = 0; i < 50; ++i) space_.put("A", "cases/1", "status", std::to_string(i));
  sync();
  EXPECT_THAT(space_.json("B", "cases/1"), HasSubstr(R"("status":49)"));
  const auto history =
      replica::History(space_.core("B").reading()).history(TestSpace::document("cases/1"), {});
  ASSERT_TRUE(history);
  EXPECT_EQ(history->size(), 51u);
}

TEST_F(Apart, DevicesInSyncSayLittleAndNeedOneRoundTrip) {
  const SyncResults results = space_.sync("B", "A");
  ASSERT_TRUE(results.caller);
  EXPECT_TRUE(results.caller->in_sync);
  EXPECT_EQ(results.caller->round_trips, 1u);
  EXPECT_LE(results.caller->bytes_sent + results.caller->bytes_received, 200u);
}

TEST_F(Apart, TheChangesOfADeviceAreCompressedTogetherOnTheWay) {
  std::size_t json = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string note = R"({"note":"Seen in the village on day )" + std::to_string(i) + "\"}";
    space_.put("A", "visits/" + std::to_string(i), "", note);
    json += note.size();
  }
  const SyncResults results = space_.sync("B", "A");
  ASSERT_TRUE(results.caller && results.caller->in_sync);
  EXPECT_LE(results.caller->bytes_received, json / 2) << "each has a tag of 16 bytes at rest";
}

/// A device's last change of the default compartment as it is before it is encrypted.
Bytes packed_last(replica::Core& core) {
  const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
  const store::LogRow* row = core.logs.find(log::LogId{records, core.identity.author()});
  const auto last =
      core.documents.change({core.control, *core.store, {}, nullptr}, {row->no, row->head.seq});
  const Bytes change = document::encode(last->change, {core.identity.author(), row->head.seq});
  return Bytes(log::Packer().pack(change, log::kCurrentDictionary));
}

TEST_F(Apart, NothingOfADocumentCrossesInTheClear) {
  const std::string canary = "`{^}|$%#@";  // rare characters: packing leaves them as they are
  space_.put("A", "cases/canary", "note", '"' + canary + '"');
  ASSERT_NE(packed_last(space_.core("A")).find(canary), Bytes::npos) << "it could not be found";
  sync();
  EXPECT_THAT(space_.json("B", "cases/canary"), HasSubstr(canary));
  EXPECT_EQ(space_.wire().find(canary), Bytes::npos);
}

TEST(Convergence, AThirdDeviceHearsOfTheFirstThroughTheSecond) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  ASSERT_TRUE(space.join("C", "A"));
  space.put("A", "cases/1", "status", R"("open")");
  ASSERT_TRUE(space.sync("B", "A").caller);
  ASSERT_TRUE(space.sync("C", "B").caller);
  EXPECT_EQ(space.json("C", "cases/1"), R"({"status":"open"})");
  EXPECT_SAME(space);
}

TEST(Convergence, SectionsOfOneCaseLiveInCompartmentsOfTheirOwn) {
  TestSpace space;
  space.found("A", {{"cases", "medical", "medical"}, {"cases", "legal", "legal"}});
  ASSERT_TRUE(space.join("B", "A"));
  space.put("A", "cases/1", "", R"({"legal":{"stage":"filed"},"medical":{"w":1},"status":"open"})");
  space.settle();
  EXPECT_EQ(space.json("B", "cases/1"),
            R"({"legal":{"stage":"filed"},"medical":{"w":1},"status":"open"})");
  EXPECT_EQ(space.core("B").logs.rows().size(), space.core("A").logs.rows().size());
}

TEST(Convergence, TheHistorySaysWhichPartsWereWrittenAtOnce) {
  TestSpace space;
  space.found("A", {{"cases", "medical", "medical"}, {"cases", "legal", "legal"}});
  ASSERT_TRUE(space.join("B", "A"));
  space.put("A", "cases/1", "", R"({"legal":{"stage":"filed"},"medical":{"w":1}})");
  space.clock().pass(std::chrono::minutes(1));
  space.put("A", "cases/1", "medical/w", "2");
  space.settle();
  replica::History past(space.core("B").reading());
  const auto history = *past.history(TestSpace::document("cases/1"), {});
  ASSERT_EQ(history.size(), 3u);
  ASSERT_TRUE(history[0].transaction);
  EXPECT_EQ(history[0].transaction, history[1].transaction);
  EXPECT_FALSE(history[2].transaction) << "it lies in one compartment";
}

}  // namespace
}  // namespace relais::testing

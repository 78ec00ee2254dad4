#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "replica/read/history.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A and B hold the same case, and have gone apart.
class Apart : public ::testing::Test {
 protected:
  void SetUp() override {
    ward_.found("A");
    ASSERT_TRUE(ward_.join("B", "A"));
    ward_.put("A", "cases/1", "",
              R"({"status":"open","medical":{"visits":[{"note":"first"}],"weight_kg":60}})");
    ward_.settle();
  }

  void meet() {
    const Met met = ward_.sync("B", "A");
    ASSERT_TRUE(met.caller) << met.caller.error().message();
    EXPECT_TRUE(met.caller->in_sync);
    EXPECT_TRUE(met.called->in_sync);
    EXPECT_SAME(ward_);
  }

  TestSpace ward_;
};

TEST_F(Apart, WhatOneWritesTheOtherShows) {
  EXPECT_EQ(ward_.json("B", "cases/1"),
            R"({"medical":{"visits":[{"note":"first"}],"weight_kg":60},"status":"open"})");
}

TEST_F(Apart, DifferentFieldsBothStayAndNothingConflicts) {
  ward_.put("A", "cases/1", "status", R"("closed")");
  ward_.put("B", "cases/1", "medical/weight_kg", "61");
  meet();
  EXPECT_EQ(ward_.json("A", "cases/1"),
            R"({"medical":{"visits":[{"note":"first"}],"weight_kg":61},"status":"closed"})");
  EXPECT_TRUE(ward_.conflicts("A", "cases/1").empty());
}

TEST_F(Apart, TheSameFieldKeepsBothValuesWithAuthorAndTimeOnBothDevices) {
  ward_.put("A", "cases/1", "medical/weight_kg", "61");
  ward_.put("B", "cases/1", "medical/weight_kg", "62");
  meet();
  for (const std::string& name : ward_.names()) {
    const auto conflicts = ward_.conflicts(name, "cases/1");
    ASSERT_EQ(conflicts.size(), 1u) << name;
    EXPECT_EQ(conflicts[0].path, "medical/weight_kg");
    ASSERT_EQ(conflicts[0].versions.size(), 2u);
    // The later one is shown first.
    EXPECT_EQ(conflicts[0].versions[0].value, Value(62));
    EXPECT_EQ(conflicts[0].versions[0].written.device, ward_.core("B").identity.device());
    EXPECT_EQ(conflicts[0].versions[1].value, Value(61));
    EXPECT_EQ(conflicts[0].versions[1].written.device, ward_.core("A").identity.device());
    EXPECT_GT(conflicts[0].versions[0].written.time_ms, conflicts[0].versions[1].written.time_ms);
  }
}

TEST_F(Apart, ALaterWriteOnOneDeviceResolvesTheConflictOnBoth) {
  ward_.put("A", "cases/1", "medical/weight_kg", "61");
  ward_.put("B", "cases/1", "medical/weight_kg", "62");
  meet();
  ward_.put("A", "cases/1", "medical/weight_kg", "61.5");
  meet();
  EXPECT_TRUE(ward_.conflicts("A", "cases/1").empty());
  EXPECT_TRUE(ward_.conflicts("B", "cases/1").empty());
  EXPECT_THAT(ward_.json("B", "cases/1"), HasSubstr(R"("weight_kg":61.5)"));
}

TEST_F(Apart, TheSameValueWrittenTwiceIsNoConflict) {
  ward_.put("A", "cases/1", "status", R"("referred")");
  ward_.put("B", "cases/1", "status", R"("referred")");
  meet();
  EXPECT_TRUE(ward_.conflicts("A", "cases/1").empty());
}

TEST_F(Apart, BothAppendToOneListAndBothEntriesStay) {
  const auto append = [&](const char* device, const char* json) {
    ASSERT_TRUE(ward_.edit(device, [&](replica::Edit& edit) {
      return edit.at(TestSpace::document("cases/1"), "medical/visits",
                     [&](document::Draft& draft, const document::Path& path) {
                       return draft.append_json(path, json);
                     });
    }));
  };
  append("A", R"({"note":"from A"})");
  append("B", R"({"note":"from B"})");
  meet();
  EXPECT_THAT(ward_.json("A", "cases/1"), HasSubstr("from A"));
  EXPECT_THAT(ward_.json("A", "cases/1"), HasSubstr("from B"));
}

TEST_F(Apart, TwoWriteDifferentHalvesOfOneNoteAndNoWordIsLost) {
  const auto write = [&](const char* device, const char* text) {
    ASSERT_TRUE(ward_.edit(device, [&](replica::Edit& edit) {
      return edit.at(TestSpace::document("cases/1"), "medical/note",
                     [&](document::Draft& draft, const document::Path& path) {
                       return draft.update_text(path, text);
                     });
    }));
  };
  write("A", "Wound clean. Next visit in two weeks.");
  ward_.settle();
  write("A", "Wound clean, dressing changed. Next visit in two weeks.");
  write("B", "Wound clean. Next visit in two weeks, with the midwife.");
  meet();
  EXPECT_THAT(
      ward_.json("B", "cases/1"),
      HasSubstr("Wound clean, dressing changed. Next visit in two weeks, with the midwife."));
}

TEST_F(Apart, AFieldDeletedHereAndWrittenThereIsShownWholeAsOneConflict) {
  ASSERT_TRUE(ward_.edit("A", [&](replica::Edit& edit) {
    return edit.erase(TestSpace::document("cases/1"), "medical");
  }));
  ward_.put("B", "cases/1", "medical/weight_kg", "62");
  meet();
  EXPECT_THAT(ward_.json("A", "cases/1"), HasSubstr(R"("weight_kg":62)"));
  EXPECT_THAT(ward_.json("A", "cases/1"), HasSubstr("first"));
}

TEST_F(Apart, ADocumentMadeOnBothSidesIsOneDocument) {
  ward_.put("A", "cases/new", "", R"({"code":"x","a":1})");
  ward_.put("B", "cases/new", "", R"({"code":"x","b":2})");
  meet();
  EXPECT_EQ(ward_.json("A", "cases/new"), R"({"a":1,"b":2,"code":"x"})");
}

TEST_F(Apart, ADocumentEditedManyTimesIsFoldedAndStaysTheSame) {
  for (int i = 0; i < 50; ++i) ward_.put("A", "cases/1", "status", std::to_string(i));
  meet();
  EXPECT_THAT(ward_.json("B", "cases/1"), HasSubstr(R"("status":49)"));
  const auto history =
      replica::History(ward_.core("B").reading()).history(TestSpace::document("cases/1"), {});
  ASSERT_TRUE(history);
  EXPECT_EQ(history->size(), 51u);
}

TEST_F(Apart, DevicesInSyncSayLittleAndNeedOneRoundTrip) {
  const Met met = ward_.sync("B", "A");
  ASSERT_TRUE(met.caller);
  EXPECT_TRUE(met.caller->in_sync);
  EXPECT_EQ(met.caller->round_trips, 1u);
  EXPECT_LE(met.caller->bytes_sent + met.caller->bytes_received, 200u);
}

TEST_F(Apart, NothingOfADocumentCrossesInTheClear) {
  ward_.put("A", "cases/canary", "note", R"("canary-7f3a")");
  meet();
  EXPECT_THAT(ward_.json("B", "cases/canary"), HasSubstr("canary-7f3a"));
  EXPECT_EQ(ward_.wire().find("canary"), Bytes::npos);
}

TEST(Convergence, AThirdDeviceHearsOfTheFirstThroughTheSecond) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  ASSERT_TRUE(ward.join("C", "A"));
  ward.put("A", "cases/1", "status", R"("open")");
  ASSERT_TRUE(ward.sync("B", "A").caller);
  ASSERT_TRUE(ward.sync("C", "B").caller);
  EXPECT_EQ(ward.json("C", "cases/1"), R"({"status":"open"})");
  EXPECT_SAME(ward);
}

TEST(Convergence, SectionsOfOneCaseLiveInCompartmentsOfTheirOwn) {
  TestSpace ward;
  ward.found("A", {{"cases", "medical", "medical"}, {"cases", "legal", "legal"}});
  ASSERT_TRUE(ward.join("B", "A"));
  ward.put("A", "cases/1", "", R"({"legal":{"stage":"filed"},"medical":{"w":1},"status":"open"})");
  ward.settle();
  EXPECT_EQ(ward.json("B", "cases/1"),
            R"({"legal":{"stage":"filed"},"medical":{"w":1},"status":"open"})");
  EXPECT_EQ(ward.core("B").logs.rows().size(), ward.core("A").logs.rows().size());
}

TEST(Convergence, TheHistorySaysWhichPartsWereWrittenAtOnce) {
  TestSpace ward;
  ward.found("A", {{"cases", "medical", "medical"}, {"cases", "legal", "legal"}});
  ASSERT_TRUE(ward.join("B", "A"));
  ward.put("A", "cases/1", "", R"({"legal":{"stage":"filed"},"medical":{"w":1}})");
  ward.clock().pass(std::chrono::minutes(1));
  ward.put("A", "cases/1", "medical/w", "2");
  ward.settle();
  replica::History past(ward.core("B").reading());
  const auto history = *past.history(TestSpace::document("cases/1"), {});
  ASSERT_EQ(history.size(), 3u);
  ASSERT_TRUE(history[0].transaction);
  EXPECT_EQ(history[0].transaction, history[1].transaction);
  EXPECT_FALSE(history[2].transaction) << "it lies in one compartment";
}

}  // namespace
}  // namespace relais::testing

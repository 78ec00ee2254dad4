// The history of a document written by devices with wrong clocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "document/edit/draft.h"
#include "engine/import.h"
#include "replica/read/history.h"
#include "replica/write/own_commit.h"
#include "support/test_space.h"

namespace relais {
namespace {

using testing::TestSpace;

const DocumentId kCase{"", "cases", "1"};
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

/// Two devices of one space; B's clock is wrong.
class Clocks : public ::testing::Test {
 protected:
  void SetUp() override {
    space.found("A", {{"cases", "legal", "legal"}});
    ASSERT_TRUE(space.join("B", "A"));
    space.settle();
  }
  replica::History past(const std::string& device) {
    return replica::History(space.core(device).reading());
  }
  std::int64_t now_ms() { return space.clock().now_.wall.ms; }
  /// Writes with a clock that is ahead by this much.
  void put(const std::string& device, const std::string& path, int value,
           std::int64_t ahead_ms = 0) {
    space.clock().now_.wall.ms += ahead_ms;
    space.put(device, "cases/1", path, std::to_string(value));
    space.clock().now_.wall.ms -= ahead_ms;
    put_at_ = now_ms();
  }
  /// The values in the order of the history.
  std::vector<std::int64_t> history_values(const std::string& device, std::string_view path = {}) {
    std::vector<std::int64_t> values;
    const auto history = past(device).history(kCase, path);
    EXPECT_TRUE(history.has_value());
    for (const HistoryEntry& entry : *history) values.push_back(*entry.edits[0].value.integer());
    return values;
  }
  std::string json(const Moment& moment) {
    const auto json = past("A").json(kCase, moment);
    return json ? *json : json.error().message();
  }

  /// The times of the last two changes of a document.
  std::pair<std::int64_t, std::int64_t> times(const DocumentId& document) {
    const auto history = past("A").history(document, {});
    EXPECT_TRUE(history.has_value());
    const std::size_t count = history->size();
    const auto& before = (*history)[count < 2 ? 0 : count - 2];
    return {before.written.time_ms, history->back().written.time_ms};
  }

  TestSpace space;
  std::int64_t put_at_ = 0;  ///< by the right clock
};

/// Stamps of a clock more than one day ahead are not followed; before 1970 there are none.
constexpr std::int64_t kWrong[] = {kMinute,    -kMinute,    kDay - 1,        kDay + 1000,
                                   400 * kDay, -400 * kDay, -60 * 365 * kDay};

TEST_F(Clocks, ACauseComesBeforeItsEffectWhateverTheClocksSaid) {
  int value = 0;
  std::vector<std::int64_t> written;
  const auto write = [&](const std::string& device, std::int64_t ahead_ms = 0) {
    written.push_back(value);
    put(device, "w", value++, ahead_ms);
  };
  for (const std::int64_t wrong : kWrong) {
    write("A");
    space.settle();
    write("B", wrong);
    space.settle();
    write("A");
    write("A");
    space.settle();
    EXPECT_EQ(history_values("A"), written) << wrong;
    EXPECT_EQ(history_values("B"), written) << wrong;
  }
}

// A device that follows a later stamp still records its own wall clock.
TEST_F(Clocks, EveryChangeIsShownAtTheTimeThatItsAuthorsOwnClockSaid) {
  for (const std::int64_t wrong : kWrong) {
    space.clock().now_.wall.ms += kMinute;
    put("B", "w", 1, wrong);
    const std::int64_t seen = put_at_ + wrong;
    space.settle();
    put("A", "w", 2);
    const std::int64_t written = put_at_;
    const std::string id = "i" + std::to_string(wrong);
    const std::string line = R"({"collection":"cases","id":")" + id + R"(","doc":{"w":1}})";
    ASSERT_TRUE(engine::import_ndjson(space.core("A"), line, {}, Threading::own));
    EXPECT_EQ(times(kCase), (std::pair{seen, written})) << wrong;
    EXPECT_EQ(times({"", "cases", id}).second, written) << wrong;
    EXPECT_EQ(json(Moment::at(written)), R"({"w":2})") << wrong;
    put("B", "w", 3, wrong);
    const std::int64_t by_b = put_at_ + wrong;
    put("A", "w", 4);
    const std::int64_t by_a = put_at_;
    space.settle();
    const auto conflicts = space.conflicts("A", "cases/1");
    ASSERT_EQ(conflicts.size(), 1u);
    std::vector<std::int64_t> apart;
    for (const Version& version : conflicts[0].versions) apart.push_back(version.written.time_ms);
    EXPECT_THAT(apart, ::testing::UnorderedElementsAre(by_a, by_b));
    put("A", "w", 0);
    space.settle();
  }
}

TEST_F(Clocks, AStampThatLiesTooFarAheadKeepsNoOtherFromBeingFollowed) {
  put("B", "w", 1, 10 * kMinute);
  const std::int64_t followed = put_at_ + 10 * kMinute;
  put("B", "w", 2, 400 * kDay);
  space.settle();
  EXPECT_EQ(space.core("A").stamp.wall().ms, followed);
}

TEST_F(Clocks, WhatWasWrittenApartStandsByItsStampsAfterWhatBothKnew) {
  put("A", "w", 0);
  space.settle();
  put("A", "w", 2, 2 * kMinute);
  put("B", "w", 1, kMinute);
  put("A", "w", 3);
  space.settle();
  for (const std::string device : {"A", "B"}) {
    EXPECT_EQ(history_values(device), (std::vector<std::int64_t>{0, 1, 2, 3}));
  }
}

TEST_F(Clocks, SectionsThatAreKeptApartStandInOneHistory) {
  put("A", "w", 0);
  put("A", "legal/stage", 1);
  space.settle();
  put("B", "w", 2, 3 * kDay);
  put("B", "w", 3, 3 * kDay);
  space.settle();
  put("A", "legal/stage", 4);
  put("A", "w", 5);
  space.settle();
  const std::vector<std::int64_t> all = history_values("A");
  EXPECT_EQ(history_values("B"), all);
  EXPECT_EQ(history_values("A", "w"), (std::vector<std::int64_t>{0, 2, 3, 5}));
  EXPECT_EQ(history_values("A", "legal"), (std::vector<std::int64_t>{1, 4}));
  EXPECT_EQ(all.size(), 6u);
  EXPECT_EQ((std::vector<std::int64_t>{all[0], all[1], all[2]}),
            (std::vector<std::int64_t>{0, 1, 4}))
      << "the others bear, or build on, a stamp that lies days ahead";
}

TEST_F(Clocks, ADocumentAtATimeNeverShowsAnEffectWithoutItsCause) {
  put("A", "w", 61);
  space.settle();
  put("B", "h", 170, 2 * kDay);
  space.settle();
  const std::int64_t before = now_ms();
  EXPECT_EQ(json(Moment::at(before)), R"({"w":61})") << "170 bears a time that is to come";
  put("A", "w", 62);
  EXPECT_EQ(json(Moment::at(now_ms())), R"({"h":170,"w":62})")
      << "62 was written by who had seen 170";
  EXPECT_EQ(json(Moment::at(before)), R"({"w":61})");
}

TEST_F(Clocks, NowIsEverythingWhateverTimeItBears) {
  put("A", "w", 61);
  put("B", "h", 170, 400 * kDay);
  space.settle();
  EXPECT_EQ(json(Moment::at(now_ms())), R"({"w":61})");
  EXPECT_EQ(json(Moment::now()), R"({"h":170,"w":61})");
  EXPECT_EQ(json(Moment::now()), space.json("A", "cases/1"));
}

TEST_F(Clocks, AClockBefore1970IsAClock) {
  put("B", "w", 61, -60 * 365 * kDay);
  space.settle();
  put("A", "w", 62);
  put("B", "h", 170, -60 * 365 * kDay);
  space.settle();
  EXPECT_EQ(history_values("A"), (std::vector<std::int64_t>{61, 170, 62}));
  EXPECT_EQ(json(Moment::now()), R"({"h":170,"w":62})");
  EXPECT_EQ(json(Moment::at(now_ms())), R"({"h":170,"w":62})");
  EXPECT_EQ(json(Moment::at(-200 * 365 * kDay)), "The document didn't exist at that time.");
}

TEST_F(Clocks, AfterAChangeItsAuthorsViewIsShownWhateverTheClocksSaid) {
  put("A", "w", 1);
  space.settle();
  put("B", "w", 2, 2 * kDay);
  space.settle();
  put("A", "h", 3);
  const auto history = past("A").history(kCase, "");
  ASSERT_EQ(history->size(), 3u);
  EXPECT_EQ(json(Moment::after((*history)[0].id)), R"({"w":1})");
  EXPECT_EQ(json(Moment::after((*history)[1].id)), R"({"w":2})");
  EXPECT_EQ(json(Moment::after((*history)[2].id)), R"({"h":3,"w":2})");
}

TEST_F(Clocks, WhatIsKnownThroughAChangeThatWasSetAsideIsNotLost) {
  put("A", "w", 1);
  replica::Core& core = space.core("A");
  const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
  document::State base = std::move(replica::ReadView(core.reading()).parts(kCase)->front().state);
  replica::OwnCommit commit(core);
  // A faulty program writes a legal field into the wrong compartment, and builds on it.
  for (const auto& [path, value] : {std::pair("legal", 2), std::pair("h", 3)}) {
    const auto self = *commit.next(records);
    document::Draft draft(base, self, {"cases", "1"}, core.next_time().stamp);
    ASSERT_TRUE(draft.set({document::Step(std::string(path))}, Value(value)));
    const document::Change change = std::move(draft).finish();
    ASSERT_TRUE(base.apply(change, self));
    ASSERT_TRUE(commit.add(records, document::encode(change, self), true));
  }
  ASSERT_TRUE(commit.finish());
  space.settle();
  EXPECT_EQ(history_values("B"), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(*past("B").json(kCase, Moment::now()), R"({"h":3,"w":1})");
}

}  // namespace
}  // namespace relais

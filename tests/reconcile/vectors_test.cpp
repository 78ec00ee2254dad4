#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "reconcile/ranges.h"
#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

using wire::message::Vector;
using wire::message::Vectors;
using Kind = Vectors::Kind;

/// A summary under whose roots every range of these compartments differs.
Vectors summary_without_roots(const SessionKey& session, std::uint32_t compartments,
                              std::uint8_t depth) {
  Vectors summary;
  summary.kind = Kind::summary;
  for (std::uint32_t i = 1; i <= compartments; ++i) {
    summary.vectors.push_back({tag(session, compartment_id(i)),
                               depth,
                               std::vector<Root>(std::size_t{1} << depth),
                               {},
                               {}});
  }
  return summary;
}

void expect_too_many(const Result<Vectors>& result) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(result.error().message(), "There are more logs than one sync can compare.");
}

std::size_t count_ranges(const Vectors& summary) {
  std::size_t ranges = 0;
  for (const Vector& vector : summary.vectors) {
    EXPECT_EQ(vector.roots.size(), std::size_t{1} << vector.depth);
    if (vector.depth > 0) ranges += vector.roots.size();
  }
  return ranges;
}

TEST(Opening, ShowsEveryCompartmentWithItsLogsWhileTheyAreFew) {
  Inventory inventory = inventory_of(3);
  inventory[compartment_id(2)];
  inventory[compartment_id(1)].emplace(author(9), log::Head{});  // holds nothing
  const auto ours = opening(some_session(), inventory, true);
  ASSERT_TRUE(ours);
  EXPECT_TRUE(ours->control);
  EXPECT_EQ(ours->kind, Kind::logs);
  ASSERT_EQ(ours->vectors.size(), 2u);
  std::size_t logs = 0;
  for (const Vector& vector : ours->vectors) {
    EXPECT_EQ(vector.depth, 0u);
    EXPECT_TRUE(vector.ranges.empty() && vector.roots.empty());
    logs += vector.logs.size();
  }
  EXPECT_EQ(logs, 3u);
}

TEST(Opening, NamesEachLogWithItsHead) {
  const SessionKey session = some_session();
  const auto ours = opening(session, {{compartment_id(1), {{author(7), head(300)}}}}, false);
  ASSERT_TRUE(ours && ours->vectors.size() == 1 && ours->vectors[0].logs.size() == 1);
  EXPECT_FALSE(ours->control);
  EXPECT_EQ(ours->vectors[0].compartment, tag(session, compartment_id(1)));
  EXPECT_EQ(ours->vectors[0].logs[0].author, author(7));
  EXPECT_EQ(ours->vectors[0].logs[0].seq, 300u);
  EXPECT_EQ(ours->vectors[0].logs[0].head, head_tag(session, head(300)));
}

TEST(Opening, ComesInOrderOfTagWhichTellsNothingOfIds) {
  for (const std::uint32_t logs : {0u, 100u}) {
    Inventory inventory = inventory_of(logs);
    for (std::uint32_t i = 1; i <= 50; ++i) inventory[compartment_id(i)];
    const auto ours = opening(some_session(), inventory, false);
    ASSERT_TRUE(ours);
    ASSERT_EQ(ours->vectors.size(), 50u);
    for (std::size_t i = 1; i < ours->vectors.size(); ++i) {
      EXPECT_LT(ours->vectors[i - 1].compartment, ours->vectors[i].compartment);
    }
  }
}

TEST(Opening, OfMoreLogsThanTheLimitShowsRootsInTheirPlace) {
  const SessionKey session = some_session();
  const auto few = opening(session, inventory_of(limits::kLogsListedAtOnce), false);
  const Inventory inventory = inventory_of(limits::kLogsListedAtOnce + 1);
  const auto many = opening(session, inventory, true);
  ASSERT_TRUE(few && many);
  EXPECT_EQ(few->kind, Kind::logs);
  EXPECT_EQ(many->kind, Kind::summary);
  EXPECT_TRUE(many->control);
  const Vector& vector = many->vectors.at(0);
  EXPECT_TRUE(vector.logs.empty() && vector.ranges.empty());
  EXPECT_EQ(vector.depth, best_depth(limits::kLogsListedAtOnce + 1));
  ASSERT_EQ(vector.roots.size(), std::size_t{1} << vector.depth);
  for (std::uint16_t i = 0; i < vector.roots.size(); ++i) {
    EXPECT_EQ(vector.roots[i], range_root(session, compartment_id(1),
                                          inventory.at(compartment_id(1)), vector.depth, i));
  }
}

// The logs of all compartments count together: one alone may have none.
TEST(Opening, ShowsARootOfACompartmentWithoutLogsToo) {
  Inventory inventory = inventory_of(limits::kLogsListedAtOnce + 1);
  inventory[compartment_id(2)];
  const auto ours = opening(some_session(), inventory, false);
  ASSERT_TRUE(ours && ours->vectors.size() == 2);
  for (const Vector& vector : ours->vectors) {
    if (vector.compartment != tag(some_session(), compartment_id(2))) continue;
    EXPECT_EQ(vector.depth, 0u);
    EXPECT_EQ(vector.roots.size(), 1u);
  }
}

TEST(Opening, HasSoManyRangesAndThenOneACompartment) {
  constexpr std::uint32_t kLogs = 100;
  const std::size_t each = std::size_t{1} << best_depth(kLogs);
  ASSERT_EQ(limits::kRangesAtOnce % each, 0u);
  const auto fit = static_cast<std::uint32_t>(limits::kRangesAtOnce / each);
  Inventory inventory;
  for (std::uint32_t i = 1; i <= fit; ++i) inventory[compartment_id(i)] = heads_of(kLogs);
  const auto all = opening(some_session(), inventory, false);
  ASSERT_TRUE(all);
  EXPECT_EQ(count_ranges(*all), limits::kRangesAtOnce);
  for (const Vector& vector : all->vectors) EXPECT_EQ(vector.depth, best_depth(kLogs));

  inventory[compartment_id(fit + 1)] = heads_of(kLogs);
  const auto more = opening(some_session(), inventory, false);
  ASSERT_TRUE(more);
  EXPECT_EQ(count_ranges(*more), limits::kRangesAtOnce);
  EXPECT_EQ(std::count_if(more->vectors.begin(), more->vectors.end(),
                          [](const Vector& vector) { return vector.depth == 0; }),
            1);
}

TEST(Opening, OfMoreCompartmentsThanAStageHoldsIsRefused) {
  Inventory inventory = inventory_of(40);
  for (std::uint32_t i = 1; i <= limits::kCompartments; ++i) inventory[compartment_id(i)];
  const auto most = opening(some_session(), inventory, false);
  ASSERT_TRUE(most);
  EXPECT_EQ(most->vectors.size(), limits::kCompartments);
  EXPECT_LE(wire::encode(wire::Message(*most)).size(), limits::kMessageBytes);
  inventory[compartment_id(limits::kCompartments + 1)];
  expect_too_many(opening(some_session(), inventory, false));
}

TEST(Vectors, OfMoreLogsThanAStageHoldsAreRefused) {
  const SessionKey session = some_session();
  const Vectors asking = summary_without_roots(session, 1, 8);
  Inventory inventory = inventory_of(limits::kLogsPerStage);
  EXPECT_TRUE(opening(session, inventory, false));
  const auto most = answer_summary(session, inventory, asking);
  ASSERT_TRUE(most);
  EXPECT_EQ(most->vectors[0].logs.size(), limits::kLogsPerStage);
  inventory[compartment_id(1)].emplace(author(1), head(1));
  expect_too_many(opening(session, inventory, false));
  expect_too_many(answer_summary(session, inventory, asking));
}

TEST(Vectors, OfMoreChangesThanAStageHoldsAreRefused) {
  Bases changed;
  for (std::uint32_t i = 0; i < limits::kLogsPerStage; ++i) {
    changed.emplace_hint(changed.end(), log::LogId{compartment_id(1), author(i)}, 0);
  }
  EXPECT_TRUE(changes(some_session(), {}, changed));
  changed.emplace(log::LogId{compartment_id(2), author(0)}, 0);
  expect_too_many(changes(some_session(), {}, changed));
}

TEST(Answer, HoldsTheLogsOfDifferingRangesOnly) {
  const SessionKey session = some_session();
  Inventory ours{{compartment_id(1), heads_of(200)},
                 {compartment_id(2), heads_of(200)},
                 {compartment_id(3), heads_of(200)}};
  Inventory theirs = ours;
  const AuthorId changed = spread_author(50);
  theirs[compartment_id(2)][changed] = head(7);
  theirs.erase(compartment_id(3));
  const auto summary = opening(session, theirs, true);
  ASSERT_TRUE(summary && summary->kind == Kind::summary);
  const auto answer = answer_summary(session, ours, sent(*summary));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kind, Kind::logs);
  EXPECT_TRUE(answer->control);
  ASSERT_EQ(answer->vectors.size(), 1u);
  const Vector& vector = answer->vectors[0];
  EXPECT_EQ(vector.compartment, tag(session, compartment_id(2)));
  EXPECT_EQ(vector.depth, best_depth(200));
  EXPECT_EQ(vector.ranges, std::vector{range_of(changed, vector.depth)});
  std::size_t in_range = 0;
  for (const auto& [author, at] : ours[compartment_id(2)]) {
    in_range += range_of(author, vector.depth) == vector.ranges[0];
  }
  EXPECT_EQ(vector.logs.size(), in_range);
  for (const auto& log : vector.logs) {
    EXPECT_EQ(range_of(log.author, vector.depth), vector.ranges[0]);
    EXPECT_EQ(log.seq, 1u);
  }
}

TEST(Answer, NamesARangeThatIsEmptyHere) {
  const SessionKey session = some_session();
  const auto summary = opening(session, inventory_of(17), false);
  ASSERT_TRUE(summary);
  const auto answer = answer_summary(session, {{compartment_id(1), {}}}, *summary);
  ASSERT_TRUE(answer && answer->vectors.size() == 1);
  EXPECT_FALSE(answer->vectors[0].ranges.empty());
  EXPECT_TRUE(answer->vectors[0].logs.empty());
}

TEST(Answer, ToEqualRootsIsEmpty) {
  const Inventory inventory{{compartment_id(1), heads_of(300)}, {compartment_id(2), {}}};
  const auto summary = opening(some_session(), inventory, false);
  ASSERT_TRUE(summary);
  const auto answer = answer_summary(some_session(), inventory, *summary);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->vectors.empty());
}

TEST(Answer, ToACompartmentThatComesTwiceIsRefused) {
  Vectors summary = summary_without_roots(some_session(), 2, 1);
  ASSERT_TRUE(answer_summary(some_session(), inventory_of(1), summary));
  summary.vectors.push_back(summary.vectors[0]);
  expect_misbehaved(answer_summary(some_session(), inventory_of(1), summary),
                    "it names a compartment twice.");
}

TEST(Answer, ToTheLargestSummaryFitsIntoPages) {
  const SessionKey session = some_session();
  constexpr std::uint32_t kMost = limits::kMessageBytes / (9 + 256 * Root::kSize);
  const Vectors summary = summary_without_roots(session, kMost, limits::kRangeDepth);
  ASSERT_LE(wire::encode(wire::Message(summary)).size(), limits::kMessageBytes);
  Inventory inventory;
  for (std::uint32_t i = 1; i <= kMost; ++i) inventory[compartment_id(i)] = heads_of(20);
  const auto answer = answer_summary(session, inventory, sent(summary));
  ASSERT_TRUE(answer);
  EXPECT_EQ(lines(sent(*answer)), lines(*answer));
}

TEST(State, NamesOurHeadsOfTheDifferencesInTheirOrder) {
  const SessionKey session = some_session();
  const Inventory ours{{compartment_id(1), {{author(1), head(5)}, {author(2), head(2)}}},
                       {compartment_id(2), {{author(1), head(3)}}}};
  const Differences differences{{{compartment_id(2), author(1)}, 3, 9, false},
                                {{compartment_id(1), author(2)}, 2, 1, false},
                                {{compartment_id(1), author(8)}, 0, 4, false}};
  const Vectors stated = state(session, ours, true, differences);
  EXPECT_EQ(stated.kind, Kind::differences);
  EXPECT_TRUE(stated.control);
  ASSERT_EQ(stated.vectors.size(), 2u);
  EXPECT_EQ(stated.vectors[0].logs.at(0).head, head_tag(session, head(3)));
  EXPECT_EQ(stated.vectors[1].logs.at(1).seq, 0u);
  EXPECT_EQ(stated.vectors[1].logs.at(1).head, wire::HeadTag{});
  EXPECT_EQ(lines(stated), lines_stated(session, differences));
  EXPECT_TRUE(state(session, ours, false, {}).vectors.empty());
}

}  // namespace
}  // namespace relais::reconcile

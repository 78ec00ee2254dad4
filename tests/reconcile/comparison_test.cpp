#include <gtest/gtest.h>

#include "base/limits.h"
#include "reconcile/ranges.h"
#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

using wire::message::LogEntry;
using wire::message::Vector;
using wire::message::Vectors;
using Kind = Vectors::Kind;

const SessionKey& session() {
  static const SessionKey key = some_session();
  return key;
}

Result<Differences> compare_with(const Inventory& ours, const Inventory& theirs) {
  const auto logs_of_theirs = opening(session(), theirs, false);
  EXPECT_TRUE(logs_of_theirs && logs_of_theirs->kind == Kind::logs);
  return compare(session(), ours, sent(*logs_of_theirs));
}

Vectors naming(Kind kind, const std::vector<LogEntry>& logs) {
  Vectors theirs;
  theirs.kind = kind;
  theirs.vectors.push_back({tag(session(), compartment_id(1)), 0, {}, {}, logs});
  return theirs;
}

LogEntry entry_of(std::uint32_t number, std::uint64_t seq = 1) {
  return {author(number), seq, head_tag(session(), head(seq))};
}

TEST(Comparison, FindsWhatEachSideLacks) {
  const Inventory ours{
      {compartment_id(1), {{author(1), head(5)}, {author(2), head(2)}, {author(4), head(1)}}}};
  const Inventory theirs{{compartment_id(1),
                          {{author(1), head(3)},
                           {author(2), head(8)},
                           {author(3), head(6)},
                           {author(4), head(1)},
                           {author(5), head(9)}}}};
  const auto found = compare_with(ours, theirs);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 4u);
  EXPECT_EQ((*found)[0].log, (log::LogId{compartment_id(1), author(1)}));
  EXPECT_EQ((*found)[0].ours, 5u);
  EXPECT_EQ((*found)[0].theirs, 3u);
  EXPECT_EQ((*found)[2].log.author, author(3));
  EXPECT_EQ((*found)[2].ours, 0u);
  EXPECT_EQ((*found)[2].theirs, 6u);
  for (const Difference& one : *found) EXPECT_FALSE(one.forked);
  EXPECT_EQ(lines(*found), lines(direct_comparison(session(), ours, theirs)));
}

TEST(Comparison, OfEqualInventoriesFindsNothing) {
  const auto found = compare_with(inventory_of(9), inventory_of(9));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->empty());
}

TEST(Comparison, CallsAnotherHashAtTheSamePlaceAFork) {
  const auto found =
      compare_with({{compartment_id(1), {{author(1), head(5, 1)}, {author(2), head(5, 1)}}}},
                   {{compartment_id(1), {{author(1), head(5, 2)}, {author(2), head(5, 1)}}}});
  ASSERT_TRUE(found && found->size() == 1);
  EXPECT_EQ((*found)[0].log, (log::LogId{compartment_id(1), author(1)}));
  EXPECT_TRUE((*found)[0].forked);
}

TEST(Comparison, TellsHeadsApartThatDifferInTheirLastByte) {
  log::Head one = head(5);
  log::Head other = one;
  one.hash.data()[31] ^= 1;
  const auto found = compare_with({{compartment_id(1), {{author(1), one}}}},
                                  {{compartment_id(1), {{author(1), other}}}});
  ASSERT_TRUE(found && found->size() == 1);
  EXPECT_TRUE((*found)[0].forked);
}

TEST(Comparison, PassesOverCompartmentsThatOnlyOneSideHas) {
  const auto found =
      compare_with({{compartment_id(1), {{author(1), head(5)}}}, {compartment_id(2), {}}},
                   {{compartment_id(2), {}}, {compartment_id(3), {{author(1), head(7)}}}});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->empty());
}

TEST(Comparison, PassesOverOurLogsOutsideTheRangesNamed) {
  const Inventory ours = inventory_of(40);
  Vectors theirs = naming(Kind::logs, {});
  theirs.vectors[0].depth = 2;
  theirs.vectors[0].ranges = {1, 3};
  const auto found = compare(session(), ours, theirs);
  ASSERT_TRUE(found);
  std::size_t in_ranges = 0;
  for (const auto& [author, at] : ours.at(compartment_id(1))) {
    in_ranges += range_of(author, 2) % 2 == 1;
  }
  EXPECT_EQ(found->size(), in_ranges);
  for (const Difference& one : *found) EXPECT_EQ(range_of(one.log.author, 2) % 2, 1u);
}

TEST(Comparison, RefusesALogThatComesTwiceOrOutOfOrder) {
  const auto of = [](std::vector<LogEntry> logs) {
    return compare(session(), inventory_of(1), naming(Kind::logs, logs));
  };
  EXPECT_TRUE(of({entry_of(1), entry_of(2)}));
  expect_misbehaved(of({entry_of(1), entry_of(1)}), "its logs are not in order.");
  expect_misbehaved(of({entry_of(2), entry_of(1)}), "its logs are not in order.");
}

TEST(Comparison, RefusesAnEmptyLog) {
  expect_misbehaved(compare(session(), inventory_of(1), naming(Kind::logs, {entry_of(1, 0)})),
                    "it names an empty log.");
}

TEST(Comparison, RefusesALogOutsideItsRanges) {
  Vectors theirs = naming(Kind::logs, {{spread_author(1), 1, {}}});
  const std::uint16_t range = range_of(spread_author(1), 4);
  theirs.vectors[0].depth = 4;
  theirs.vectors[0].ranges = {range};
  EXPECT_TRUE(compare(session(), inventory_of(1), theirs));
  theirs.vectors[0].ranges = {static_cast<std::uint16_t>(range ^ 1)};
  expect_misbehaved(compare(session(), inventory_of(1), theirs),
                    "it names a log outside its ranges.");
  theirs.vectors[0].ranges.clear();
  expect_misbehaved(compare(session(), inventory_of(1), theirs),
                    "it names a log outside its ranges.");
}

// The lies are found in compartments too that aren't shared.
TEST(Comparison, RefusesLiesAboutACompartmentThatIsNotShared) {
  expect_misbehaved(compare(session(), {}, naming(Kind::logs, {entry_of(2), entry_of(1)})),
                    "its logs are not in order.");
  expect_misbehaved(compare(session(), {}, naming(Kind::logs, {entry_of(1, 0)})),
                    "it names an empty log.");
}

TEST(Comparison, RefusesACompartmentThatComesTwice) {
  for (const Inventory& ours : {inventory_of(1), Inventory{}}) {
    Vectors theirs = naming(Kind::logs, {entry_of(1)});
    theirs.vectors.push_back(theirs.vectors[0]);
    expect_misbehaved(compare(session(), ours, theirs), "it names a compartment twice.");
    expect_misbehaved(read(session(), ours, theirs), "it names a compartment twice.");
    expect_misbehaved(compare_changes(session(), ours, {}, theirs),
                      "it names a compartment twice.");
  }
}

TEST(Reading, GivesEveryLogThatIsNamedAsThePeerStatesIt) {
  const Inventory ours{
      {compartment_id(1), {{author(1), head(5)}, {author(2), head(2)}, {author(4), head(1)}}}};
  const auto found =
      read(session(), ours,
           sent(naming(Kind::differences, {entry_of(1, 3),
                                           entry_of(2, 2),
                                           entry_of(3, 0),
                                           {author(4), 1, head_tag(session(), head(1, 9))}})));
  ASSERT_TRUE(found && found->size() == 4);
  EXPECT_EQ((*found)[0].ours, 5u);
  EXPECT_EQ((*found)[0].theirs, 3u);
  EXPECT_EQ((*found)[1].ours, (*found)[1].theirs);  // an honest peer doesn't name it
  EXPECT_FALSE((*found)[1].forked);
  EXPECT_EQ((*found)[2].ours, 0u);
  EXPECT_EQ((*found)[2].theirs, 0u);
  EXPECT_FALSE((*found)[2].forked);
  EXPECT_TRUE((*found)[3].forked);
}

TEST(Reading, RefusesLogsOutOfOrderAndACompartmentThatIsNotShared) {
  for (const auto kind : {Kind::differences, Kind::changes}) {
    const auto unordered = naming(kind, {entry_of(2), entry_of(1)});
    const auto good = naming(kind, {entry_of(1)});
    EXPECT_TRUE(read(session(), inventory_of(1), good));
    expect_misbehaved(read(session(), inventory_of(1), unordered), "its logs are not in order.");
    expect_misbehaved(compare_changes(session(), inventory_of(1), {}, unordered),
                      "its logs are not in order.");
    expect_misbehaved(read(session(), {{compartment_id(2), {}}}, good),
                      "it names a compartment that isn't shared.");
    expect_misbehaved(compare_changes(session(), {}, {}, good),
                      "it names a compartment that isn't shared.");
  }
}

}  // namespace
}  // namespace relais::reconcile

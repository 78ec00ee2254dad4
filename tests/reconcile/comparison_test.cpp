#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

using wire::message::LogEntry;
using wire::message::Vector;
using wire::message::Vectors;

const SessionKey& session() {
  static const SessionKey key = some_session();
  return key;
}

Result<Comparison> compare_with(const Inventory& ours, const Inventory& theirs,
                                const std::vector<AuthorId>& list = {}) {
  const auto vectors_of_theirs = vectors(session(), theirs, false, list, nullptr);
  EXPECT_TRUE(vectors_of_theirs);
  return compare(session(), ours, list, *vectors_of_theirs);
}

Result<Comparison> compare_with(const std::vector<LogEntry>& logs,
                                const std::vector<AuthorId>& list = {}) {
  const Vectors theirs{
      false, false, {Vector{tag(session(), compartment_id(1)), Root{}, true, logs}}};
  return compare(session(), inventory_of(1), list, theirs);
}

LogEntry entry(std::uint32_t number, std::uint64_t seq = 1) {
  return {.author_index = 0, .author = author(number), .seq = seq, .prefix = {}};
}

void expect_misbehaved(const Result<Comparison>& result, std::string_view message) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::peer_misbehaved);
  EXPECT_EQ(result.error().message(), message);
}

TEST(Comparison, FindsWhatEachSideLacks) {
  const Inventory ours{
      {compartment_id(1), {{author(1), head(5)}, {author(2), head(2)}, {author(4), head(1)}}}};
  const Inventory theirs{
      {compartment_id(1), {{author(1), head(3)}, {author(2), head(8)}, {author(3), head(6)}}}};
  for (const auto& list : {std::vector<AuthorId>{}, {author(1), author(2), author(3), author(4)}}) {
    const auto found = compare_with(ours, theirs, list);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->to_send.size(), 2u);
    EXPECT_EQ(found->to_send[0].log, (log::LogId{compartment_id(1), author(1)}));
    EXPECT_EQ(found->to_send[0].ours, 5u);
    EXPECT_EQ(found->to_send[0].theirs, 3u);
    EXPECT_EQ(found->to_send[1].log.author, author(4));
    EXPECT_EQ(found->to_send[1].theirs, 0u);
    ASSERT_EQ(found->to_receive.size(), 2u);
    EXPECT_EQ(found->to_receive[0].log.author, author(2));
    EXPECT_EQ(found->to_receive[1].log.author, author(3));
    EXPECT_EQ(found->to_receive[1].ours, 0u);
    EXPECT_EQ(found->to_receive[1].theirs, 6u);
    EXPECT_TRUE(found->forked.empty());
    EXPECT_FALSE(found->needs_their_logs);
    EXPECT_EQ(found->differing, std::vector<CompartmentId>{compartment_id(1)});
  }
}

TEST(Comparison, OfEqualInventoriesFindsNothing) {
  const auto found = compare_with(inventory_of(9), inventory_of(9));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->differing.empty());
  EXPECT_TRUE(found->to_send.empty() && found->to_receive.empty() && found->forked.empty());
}

TEST(Comparison, CallsAnotherHashAtTheSamePlaceAFork) {
  const auto found =
      compare_with({{compartment_id(1), {{author(1), head(5, 1)}, {author(2), head(5, 1)}}}},
                   {{compartment_id(1), {{author(1), head(5, 2)}, {author(2), head(5, 1)}}}});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->forked.size(), 1u);
  EXPECT_EQ(found->forked[0], (log::LogId{compartment_id(1), author(1)}));
  EXPECT_TRUE(found->to_send.empty() && found->to_receive.empty());
}

TEST(Comparison, PassesOverCompartmentsThatOnlyOneSideHas) {
  const auto found =
      compare_with({{compartment_id(1), {{author(1), head(5)}}}, {compartment_id(2), {}}},
                   {{compartment_id(2), {}}, {compartment_id(3), {{author(1), head(7)}}}});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->differing.empty() && found->to_send.empty() && found->to_receive.empty());
}

TEST(Comparison, AsksForTheLogsOfADifferingCompartmentThatCameWithoutThem) {
  const auto found = compare_with(inventory_of(1), inventory_of(limits::kLogsSentAtOnce + 1));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->needs_their_logs);
  EXPECT_TRUE(found->to_receive.empty());
}

TEST(Comparison, RefusesAnAuthorIndexOutOfTheList) {
  LogEntry last = entry(0);
  last.author_index = 2;
  EXPECT_TRUE(compare_with({last}, {author(1), author(2)}));
  last.author_index = 3;
  expect_misbehaved(
      compare_with({last}, {author(1), author(2)}),
      "The other device sent a bad vector: it names an author that is not in the list.");
}

TEST(Comparison, RefusesALogThatComesTwiceOrOutOfOrder) {
  EXPECT_TRUE(compare_with({entry(1), entry(2)}));
  const char* unordered = "The other device sent a bad vector: its logs are not in order.";
  expect_misbehaved(compare_with({entry(1), entry(1)}), unordered);
  expect_misbehaved(compare_with({entry(2), entry(1)}), unordered);
  LogEntry indexed = entry(0);
  indexed.author_index = 1;
  expect_misbehaved(compare_with({entry(1), indexed}, {author(1)}), unordered);
}

TEST(Comparison, RefusesAnEmptyLog) {
  expect_misbehaved(compare_with({entry(1, 0)}),
                    "The other device sent a bad vector: it names an empty log.");
}

TEST(Comparison, RefusesACompartmentThatComesTwice) {
  const Vector once{tag(session(), compartment_id(7)), Root{}, false, {}};
  expect_misbehaved(compare(session(), inventory_of(1), {}, {false, false, {once, once}}),
                    "The other device sent a bad vector: it names a compartment twice.");
}

TEST(Comparison, TellsHeadsApartThatShareTheirFirstEightBytes) {
  log::Head one = head(5);
  log::Head other = one;
  one.hash.data()[15] ^= 1;
  const auto found = compare_with({{compartment_id(1), {{author(1), one}}}},
                                  {{compartment_id(1), {{author(1), other}}}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->forked.size(), 1u);
}

}  // namespace
}  // namespace relais::reconcile

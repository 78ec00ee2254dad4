#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

using wire::message::Vectors;

TEST(Vectors, ShowEveryCompartmentWithItsLogsWhileTheyAreFew) {
  Inventory inventory = inventory_of(3);
  inventory[compartment_id(2)];
  const auto ours = vectors(some_session(), inventory, true, {}, nullptr);
  ASSERT_TRUE(ours);
  EXPECT_TRUE(ours->control);
  ASSERT_EQ(ours->vectors.size(), 2u);
  std::size_t logs = 0;
  for (const auto& vector : ours->vectors) {
    EXPECT_TRUE(vector.has_logs);
    logs += vector.logs.size();
  }
  EXPECT_EQ(logs, 3u);
}

TEST(Vectors, ComeInOrderOfTagWhichTellsNothingOfIds) {
  Inventory inventory;
  for (std::uint32_t i = 0; i < 50; ++i) inventory[compartment_id(i)];
  const auto ours = vectors(some_session(), inventory, false, {}, nullptr);
  ASSERT_TRUE(ours);
  ASSERT_EQ(ours->vectors.size(), 50u);
  for (std::size_t i = 1; i < ours->vectors.size(); ++i) {
    EXPECT_LT(ours->vectors[i - 1].compartment, ours->vectors[i].compartment);
  }
}

TEST(Vectors, KeepTheirLogsBackFromTheLimitOn) {
  const auto few =
      vectors(some_session(), inventory_of(limits::kLogsSentAtOnce), false, {}, nullptr);
  const auto many =
      vectors(some_session(), inventory_of(limits::kLogsSentAtOnce + 1), false, {}, nullptr);
  ASSERT_TRUE(few && many);
  EXPECT_TRUE(few->vectors[0].has_logs);
  EXPECT_FALSE(many->vectors[0].has_logs);
  EXPECT_TRUE(many->vectors[0].logs.empty());
}

TEST(Vectors, InAnswerHoldOnlyWhatDiffers) {
  const SessionKey session = some_session();
  Inventory ours{{compartment_id(1), {{author(1), head(4)}}},
                 {compartment_id(2), {{author(1), head(5)}}},
                 {compartment_id(3), {{author(1), head(6)}}}};
  Inventory theirs = ours;
  theirs[compartment_id(2)][author(1)] = head(7);
  theirs.erase(compartment_id(3));
  const auto first = vectors(session, theirs, false, {}, nullptr);
  ASSERT_TRUE(first);
  const auto answer = vectors(session, ours, false, {}, &*first);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->vectors.size(), 1u);
  EXPECT_EQ(answer->vectors[0].compartment, tag(session, compartment_id(2)));
  ASSERT_EQ(answer->vectors[0].logs.size(), 1u);
  EXPECT_EQ(answer->vectors[0].logs[0].seq, 5u);
}

TEST(Vectors, NameAuthorsByTheirPlaceInTheListIfTheyStandThere) {
  const Inventory inventory = inventory_of(2);
  const auto ours = vectors(some_session(), inventory, false, {author(9), author(2)}, nullptr);
  ASSERT_TRUE(ours);
  const auto& logs = ours->vectors[0].logs;
  ASSERT_EQ(logs.size(), 2u);
  EXPECT_EQ(logs[0].author_index, 0u);
  EXPECT_EQ(logs[0].author, author(1));
  EXPECT_EQ(logs[1].author_index, 2u);
}

TEST(Vectors, OfMoreLogsThanAStageHoldsAreRefused) {
  const SessionKey session = some_session();
  const Vectors asking{false, false, {{tag(session, compartment_id(1)), Root{}, false, {}}}};
  const auto most = vectors(session, inventory_of(limits::kLogsPerStage), false, {}, &asking);
  ASSERT_TRUE(most);
  EXPECT_EQ(most->vectors[0].logs.size(), limits::kLogsPerStage);
  const auto more = vectors(session, inventory_of(limits::kLogsPerStage + 1), false, {}, &asking);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(more.error().message(), "There are more logs than one sync can compare.");
}

Vectors together(const std::vector<Vectors>& pages) {
  Vectors all;
  for (const Vectors& page : pages) EXPECT_TRUE(add_page(all, page));
  return all;
}

TEST(Vectors, InPagesAreTheSameAgain) {
  const SessionKey session = some_session();
  for (const std::uint32_t logs : {0u, 1u, 8191u, 8192u, 8193u, 20'000u}) {
    Inventory inventory = inventory_of(logs);
    inventory[compartment_id(2)] = inventory[compartment_id(1)];
    inventory[compartment_id(3)];
    const Vectors asking{true,
                         false,
                         {{tag(session, compartment_id(1)), Root{}, false, {}},
                          {tag(session, compartment_id(2)), Root{}, false, {}},
                          {tag(session, compartment_id(3)), Root{}, false, {}}}};
    const auto whole = vectors(session, inventory, true, {}, &asking);
    ASSERT_TRUE(whole);
    const auto parts = pages(*whole);
    EXPECT_EQ(parts.size(), std::max(1u, (2 * logs + 8191) / 8192));
    for (const Vectors& page : parts) {
      EXPECT_EQ(page.more, &page != &parts.back());
      EXPECT_TRUE(wire::decode_message(wire::encode(wire::Message(page))));
    }
    EXPECT_EQ(wire::encode(wire::Message(together(parts))), wire::encode(wire::Message(*whole)));
  }
}

void expect_bad_page(const std::vector<Vectors>& good, const Vectors& bad, std::string_view why) {
  Vectors all = together(good);
  const Status added = add_page(all, bad);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code(), ErrorCode::peer_misbehaved);
  EXPECT_EQ(added.error().message(), why);
}

TEST(Vectors, APageWithoutLogsIsTheLastOne) {
  const Vectors empty{false, true, {{}}};
  expect_bad_page({}, empty, "The other device sent a bad vector: one of its pages is empty.");
}

TEST(Vectors, OfAPeerEndAtTheLimits) {
  std::vector<Vectors> most(limits::kLogsPerStage / limits::kLogsPerPage,
                            Vectors{false, true, {{}}});
  for (Vectors& page : most) {
    page.vectors[0].has_logs = true;
    page.vectors[0].logs.resize(limits::kLogsPerPage);
  }
  Vectors one_more{false, false, {{{}, {}, true, {{}}}}};
  expect_bad_page(most, one_more, "The other device sent a bad vector: it names too many logs.");
  const Vectors compartments{false, false,
                             std::vector<wire::message::Vector>(limits::kCompartments)};
  expect_bad_page({compartments}, {false, false, {{}}},
                  "The other device sent a bad vector: it names too many compartments.");
}

TEST(Vectors, OfMoreCompartmentsThanAMessageHoldsAreRefused) {
  Inventory inventory;
  for (std::uint32_t i = 0; i < limits::kCompartments; ++i) inventory[compartment_id(i)];
  EXPECT_TRUE(vectors(some_session(), inventory, false, {}, nullptr));
  inventory[compartment_id(limits::kCompartments)];
  EXPECT_FALSE(vectors(some_session(), inventory, false, {}, nullptr));
}

// All authors in full, all seqs at their maximum.
TEST(Vectors, AtTheirLimitsFitIntoOneMessage) {
  Vectors most{false, true, std::vector<wire::message::Vector>(limits::kCompartments)};
  most.vectors[0].has_logs = true;
  most.vectors[0].logs.resize(limits::kLogsPerPage);
  for (auto& log : most.vectors[0].logs) log.seq = limits::kLastSeq;
  EXPECT_LE(wire::encode(wire::Message(std::move(most))).size(), limits::kMessageBytes);
}

}  // namespace
}  // namespace relais::reconcile

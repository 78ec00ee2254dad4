#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

using wire::message::LogEntry;
using wire::message::Vector;
using wire::message::Vectors;
using Kind = Vectors::Kind;

Vectors of_kind(Kind kind, std::vector<Vector> vectors, bool more = false) {
  Vectors made;
  made.kind = kind;
  made.more = more;
  made.vectors = std::move(vectors);
  return made;
}

Vector with_logs(std::uint32_t compartment, std::size_t logs, std::uint64_t seq = 1) {
  Vector vector;
  vector.compartment = tag(some_session(), compartment_id(compartment));
  for (std::uint32_t i = 1; i <= logs; ++i) {
    vector.logs.push_back({author(i), seq, head_tag(some_session(), head(seq))});
  }
  return vector;
}

Vectors put_together(const std::vector<Vectors>& parts) {
  Vectors all;
  for (const Vectors& page : parts) {
    const Status added = add_page(all, page);
    EXPECT_TRUE(added) << added.error().message();
  }
  return all;
}

void expect_bad_page(const std::vector<Vectors>& good, const Vectors& bad, std::string_view what) {
  Vectors all = put_together(good);
  const Status added = add_page(all, bad);
  ASSERT_FALSE(added);
  expect_misbehaved(added.error(), what);
}

Bytes encoded(const Vectors& vectors) { return wire::encode(wire::Message(vectors)); }

TEST(Pages, OfVectorsAreTheSameAgain) {
  for (const Kind kind : {Kind::logs, Kind::differences, Kind::changes}) {
    for (const std::uint32_t logs : {0u, 1u, 8191u, 8192u, 8193u, 20'000u}) {
      Vectors whole = of_kind(kind, {with_logs(1, logs), with_logs(2, logs), with_logs(3, 0)});
      whole.control = kind == Kind::logs;
      whole.early = kind == Kind::changes;
      const auto parts = pages(whole);
      EXPECT_EQ(parts.size(), std::max(1u, (2 * logs + 8191) / 8192));
      for (const Vectors& page : parts) {
        EXPECT_EQ(page.more, &page != &parts.back());
        EXPECT_EQ(page.kind, kind);
        EXPECT_EQ(page.control, whole.control);
        EXPECT_EQ(page.early, whole.early);
        EXPECT_TRUE(wire::decode_message(encoded(page)));
      }
      const Vectors all = put_together(parts);
      EXPECT_EQ(all.vectors.size(), 3u);
      EXPECT_TRUE(encoded(all) == encoded(whole)) << logs;
    }
  }
}

TEST(Pages, OfACompartmentsRangesNameThemOnEach) {
  Vector vector = with_logs(1, 2 * limits::kLogsPerPage + 1);
  vector.depth = 3;
  vector.ranges = {0, 2, 7};
  const Vectors whole = of_kind(Kind::logs, {vector});
  const auto parts = pages(whole);
  ASSERT_EQ(parts.size(), 3u);
  for (const Vectors& page : parts) {
    ASSERT_EQ(page.vectors.size(), 1u);
    EXPECT_EQ(page.vectors[0].depth, 3u);
    EXPECT_EQ(page.vectors[0].ranges, vector.ranges);
  }
  EXPECT_TRUE(encoded(put_together(parts)) == encoded(whole));
}

TEST(Pages, OfASummaryOrAnAgreementAreOne) {
  const auto summary = opening(some_session(), inventory_of(1000), true);
  ASSERT_TRUE(summary && summary->kind == Kind::summary);
  ASSERT_EQ(pages(*summary).size(), 1u);
  EXPECT_EQ(encoded(put_together(pages(*summary))), encoded(*summary));
  const Vectors agreement = of_kind(Kind::agreed, {});
  ASSERT_EQ(pages(agreement).size(), 1u);
  EXPECT_EQ(put_together(pages(agreement)).kind, Kind::agreed);
}

TEST(Pages, WithoutLogsAreTheLast) {
  expect_bad_page({}, of_kind(Kind::logs, {{}}, true), "one of its pages is empty.");
  expect_bad_page({}, of_kind(Kind::summary, {{}}, true), "one of its pages is empty.");
  put_together({of_kind(Kind::logs, {with_logs(1, 1)}, true), of_kind(Kind::logs, {})});
}

TEST(Pages, AreOfOneKind) {
  const Vectors first = of_kind(Kind::logs, {with_logs(1, 1)}, true);
  const char* const several = "its pages are of several kinds.";
  expect_bad_page({first}, of_kind(Kind::differences, {}), several);
  expect_bad_page({first}, of_kind(Kind::agreed, {}), several);
  Vectors early = of_kind(Kind::logs, {});
  early.early = true;
  expect_bad_page({first}, early, several);
}

// Whoever names other ranges of a compartment on a later page has named it twice.
TEST(Pages, ContinueACompartmentOnlyWithTheSameRanges) {
  Vector first = with_logs(1, 2);
  first.depth = 1;
  first.ranges = {0};
  Vector second = first;
  const auto vectors_of = [&] {
    return put_together({of_kind(Kind::logs, {first}, true), of_kind(Kind::logs, {second})})
        .vectors.size();
  };
  EXPECT_EQ(vectors_of(), 1u);
  second.ranges = {0, 1};
  EXPECT_EQ(vectors_of(), 2u);
  second = first;
  second.depth = 2;
  EXPECT_EQ(vectors_of(), 2u);
  second = first;
  second.compartment = tag(some_session(), compartment_id(2));
  EXPECT_EQ(vectors_of(), 2u);
}

TEST(Pages, OfAPeerEndAtTheLimits) {
  const std::vector<Vectors> most(
      limits::kLogsPerStage / limits::kLogsPerPage,
      of_kind(Kind::differences, {with_logs(1, limits::kLogsPerPage)}, true));
  expect_bad_page(most, of_kind(Kind::differences, {with_logs(1, 1)}), "it names too many logs.");
  const Vectors compartments = of_kind(Kind::summary, std::vector<Vector>(limits::kCompartments));
  expect_bad_page({compartments}, of_kind(Kind::summary, {{}}), "it names too many compartments.");
}

// All seqs and all ranges at their maximum.
TEST(Pages, AtTheirLimitsFitIntoOneMessage) {
  Vector with_ranges;
  with_ranges.depth = limits::kRangeDepth;
  for (std::uint16_t i = 0; i < 1 << limits::kRangeDepth; ++i) with_ranges.ranges.push_back(i);
  Vectors most = of_kind(Kind::logs, std::vector<Vector>(limits::kCompartments, with_ranges), true);
  most.control = most.early = true;
  most.vectors[0].logs = std::vector<LogEntry>(
      limits::kLogsPerPage,
      LogEntry{author(1), limits::kLastSeq, head_tag(some_session(), head(1))});
  EXPECT_LE(encoded(most).size(), limits::kMessageBytes);
}

TEST(Pages, OfASummaryAtItsLimitsFitIntoOneMessage) {
  Vectors most = of_kind(Kind::summary, std::vector<Vector>(limits::kCompartments));
  std::size_t ranges_left = limits::kRangesAtOnce;
  for (Vector& vector : most.vectors) {
    if (ranges_left > 0) vector.depth = 1, ranges_left -= 2;
    vector.roots.resize(std::size_t{1} << vector.depth);
  }
  EXPECT_LE(encoded(most).size(), limits::kMessageBytes);
}

}  // namespace
}  // namespace relais::reconcile

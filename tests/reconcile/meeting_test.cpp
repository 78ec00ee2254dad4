#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

using wire::message::Vectors;
using Kind = Vectors::Kind;

/// Two devices with random inventories, which compare them through messages. What they find is
/// checked against a comparison of all heads.
class Meeting {
 public:
  Meeting(std::uint64_t seed, std::size_t compartments, std::size_t logs, std::uint64_t rarely)
      : chance_(seed),
        session_(some_session(static_cast<std::uint32_t>(seed))),
        opener_(any_inventory(chance_, compartments, logs)),
        other_(opener_) {
    change_some(chance_, opener_, rarely);
    change_some(chance_, other_, rarely);
    if (chance_.one_in(2)) opener_.erase(compartment_id(1));
    if (chance_.one_in(2)) other_.erase(compartment_id(2));
    if (chance_.one_in(2)) other_[compartment_id(99)] = heads_of(30);
  }

  void compare_all() {
    const auto opens = opening(session_, opener_, false);
    ASSERT_TRUE(opens) << opens.error().message();
    if (opens->kind == Kind::logs) {
      settle(compare(session_, other_, sent(*opens)), other_, opener_);
    } else {
      const auto answer = answer_summary(session_, other_, sent(*opens));
      ASSERT_TRUE(answer) << answer.error().message();
      settle(compare(session_, opener_, sent(*answer)), opener_, other_);
    }
  }

  std::size_t differences() const { return differences_; }

 private:
  /// `here` has compared, and states what differs.
  void settle(const Result<Differences>& found, const Inventory& here, const Inventory& there) {
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(lines(*found), lines(direct_comparison(session_, here, there)));
    const Vectors stated = sent(state(session_, here, false, *found));
    ASSERT_EQ(stated.kind, Kind::differences);
    ASSERT_EQ(lines(stated), lines_stated(session_, *found));  // these number the logs
    const auto heard = read(session_, there, stated);
    ASSERT_TRUE(heard) << heard.error().message();
    ASSERT_EQ(lines(*heard), lines(seen_from_there(*found)));
    differences_ = found->size();
  }

  testing::Chance chance_;
  SessionKey session_;
  Inventory opener_;
  Inventory other_;
  std::size_t differences_ = 0;
};

TEST(Meeting, FindsExactlyWhatDiffersBetweenInventoriesOfAnySize) {
  std::size_t differences = 0;
  std::uint64_t seed = 0;
  for (const std::size_t logs : {0u, 1u, 2u, 7u, 15u, 16u, 17u, 18u, 33u, 64u, 150u, 400u, 2000u}) {
    for (const std::uint64_t rarely : {2u, 30u, 1000u}) {
      for (const std::size_t compartments : {1u, 2u, 5u, 20u}) {
        Meeting meeting(++seed, compartments, logs, rarely);
        meeting.compare_all();
        if (HasFatalFailure()) FAIL() << "seed " << seed << ", logs " << logs;
        differences += meeting.differences();
      }
    }
  }
  EXPECT_GT(differences, 3000u);
}

TEST(Meeting, FindsExactlyWhatDiffersBetweenManySmallInventories) {
  testing::Chance chance(7);
  for (std::uint64_t seed = 1000; seed < 1400; ++seed) {
    Meeting meeting(seed, 1 + chance.below(6), chance.below(60), 1 + chance.below(8));
    meeting.compare_all();
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

// One log of very many: the answer is small.
TEST(Meeting, OverOneChangeOfManyLogsTakesFewBytes) {
  const SessionKey session = some_session();
  const Inventory theirs = inventory_of(2000);
  Inventory ours = theirs;
  ours[compartment_id(1)][spread_author(1234)] = head(2);
  const auto opens = opening(session, theirs, false);
  const auto answer = answer_summary(session, ours, opens.value());
  const auto found = compare(session, theirs, answer.value());
  ASSERT_TRUE(found && found->size() == 1);
  const std::size_t bytes =
      wire::encode(wire::Message(*opens)).size() + wire::encode(wire::Message(*answer)).size();
  EXPECT_LT(bytes, 2000u);
  EXPECT_GT(
      opening(session, inventory_of(16), false).value().vectors[0].logs.size() * 2000 / 16 * 26,
      20 * bytes);  // all logs would take so much more
}

}  // namespace
}  // namespace relais::reconcile

#include <gtest/gtest.h>

#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

using wire::message::Vectors;
using Kind = Vectors::Kind;

/// Two devices that once held the same, and have changed since; one also names logs as changed
/// that hold what they held.
struct SinceCheckpoint {
  explicit SinceCheckpoint(std::uint64_t seed)
      : chance(seed), session(some_session(static_cast<std::uint32_t>(seed))) {
    both = any_inventory(chance, 1 + chance.below(5), chance.below(80));
    ours = both;
    theirs = both;
    if (!chance.one_in(8)) change_some(chance, ours, 1 + chance.below(12));
    if (!chance.one_in(8)) change_some(chance, theirs, 1 + chance.below(12));
    forget_forks(ours);
    forget_forks(theirs);
  }

  /// A log whose seq stayed is the same log: a checkpoint tells nothing of its fork.
  void forget_forks(Inventory& of) const {
    for (const auto& [compartment, heads] : both) {
      for (const auto& [author, at] : heads) {
        log::Head& now = of[compartment][author];
        if (now.seq == at.seq) now = at;
      }
    }
  }

  /// What the side that holds `now` knows of its changes.
  Bases changed(const Inventory& now) {
    Bases bases;
    for (const auto& [compartment, heads] : now) {
      for (const auto& [author, at] : heads) {
        const log::LogId log{compartment, author};
        const std::uint64_t base = head_of(both, log).seq;
        if (at.seq != base || chance.one_in(20)) bases[log] = base;
      }
    }
    return bases;
  }

  testing::Chance chance;
  SessionKey session;
  Inventory both, ours, theirs;
};

void expect_direct(SinceCheckpoint& of) {
  const Bases our_changes = of.changed(of.ours);
  const Bases their_changes = of.changed(of.theirs);
  const auto told = changes(of.session, of.theirs, their_changes);
  ASSERT_TRUE(told) << told.error().message();
  ASSERT_EQ(told->kind, Kind::changes);
  ASSERT_FALSE(told->control);
  const auto found = compare_changes(of.session, of.ours, our_changes, sent(*told));
  ASSERT_TRUE(found) << found.error().message();
  ASSERT_EQ(lines(*found), lines(direct_comparison(of.session, of.ours, of.theirs)));
  const Vectors stated = sent(state(of.session, of.ours, false, *found));
  const auto heard = read(of.session, of.theirs, stated);
  ASSERT_TRUE(heard) << heard.error().message();
  ASSERT_EQ(lines(*heard), lines(seen_from_there(*found)));
}

TEST(Changes, SinceAnyCheckpointLeadToExactlyWhatDiffers) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SinceCheckpoint some(seed);
    expect_direct(some);
    if (::testing::Test::HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

TEST(Changes, OfBothSidesToOneLogAreComparedByTheirHeads) {
  const SessionKey session = some_session();
  const log::LogId log{compartment_id(1), author(1)};
  const auto of = [&](const log::Head& at) {
    return Inventory{{log.compartment, {{log.author, at}}}};
  };
  const auto found = [&](const log::Head& here, const log::Head& there) {
    const auto told = changes(session, of(there), {{log, 3}});
    return compare_changes(session, of(here), {{log, 3}}, told.value()).value();
  };
  EXPECT_TRUE(found(head(5), head(5)).empty());
  ASSERT_EQ(found(head(5), head(9)).size(), 1u);
  EXPECT_EQ(found(head(5), head(9))[0].theirs, 9u);
  ASSERT_EQ(found(head(5, 1), head(5, 2)).size(), 1u);
  EXPECT_TRUE(found(head(5, 1), head(5, 2))[0].forked);
}

TEST(Changes, OfOneSideToALogAreComparedWithItsBase) {
  const SessionKey session = some_session();
  const log::LogId log{compartment_id(1), author(1)};
  const Inventory ours{{log.compartment, {{log.author, head(5)}}}};
  Vectors none;
  none.kind = Kind::changes;
  const auto found = compare_changes(session, ours, {{log, 3}}, none);
  ASSERT_TRUE(found && found->size() == 1);
  EXPECT_EQ((*found)[0].ours, 5u);
  EXPECT_EQ((*found)[0].theirs, 3u);
  EXPECT_FALSE((*found)[0].forked);
  EXPECT_TRUE(compare_changes(session, ours, {{log, 5}}, none)->empty());
}

// The initiator's changes then number the logs, on both sides.
TEST(Changes, ToAPeerWithoutAnyAreInOneOrderOnBothSides) {
  std::size_t most = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SinceCheckpoint some(seed);
    const Bases our_changes = some.changed(some.ours);
    const Differences here = agreed(some.session, some.ours, our_changes);
    const auto told = changes(some.session, some.ours, our_changes);
    ASSERT_TRUE(told);
    EXPECT_EQ(lines(*told), lines_stated(some.session, here));
    Inventory unchanged = some.both;
    for (const auto& [compartment, heads] : some.ours) unchanged[compartment];
    const auto there = read(some.session, unchanged, sent(*told));
    ASSERT_TRUE(there) << there.error().message();
    EXPECT_EQ(lines(*there), lines(seen_from_there(here)));
    most = std::max(most, here.size());
  }
  EXPECT_GT(most, 40u);
}

}  // namespace
}  // namespace relais::reconcile

#include "simulator/simulation.h"

#include <gtest/gtest.h>

namespace relais::simulator {
namespace {

Plan small(std::uint64_t seed) {
  Plan plan = plan_of(seed);
  plan.devices = 3;
  plan.days = 2;
  return plan;
}

TEST(Simulation, TheSameSeedGivesTheSameTrace) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Outcome once = run_simulation(small(seed));
    const Outcome again = run_simulation(small(seed));
    EXPECT_EQ(once.trace, again.trace) << "seed " << seed;
    EXPECT_EQ(once.events, again.events) << "seed " << seed;
  }
  EXPECT_NE(run_simulation(small(1)).trace, run_simulation(small(2)).trace);
}

TEST(Simulation, OfEveryProfileConvergesWithoutFaults) {
  for (std::size_t profile = 0; profile < kProfiles; ++profile) {
    Plan plan = small(7);
    plan.devices = 4;
    plan.profile = static_cast<Profile>(profile);
    plan.faults.clear();
    const Outcome outcome = run_simulation(plan);
    EXPECT_TRUE(outcome.violations.empty()) << outcome.violations.front();
    EXPECT_GT(outcome.counts["writes acknowledged"], 50u);
  }
}

TEST(Simulation, RunsAlikeOnEitherStoreWhereNoFaultIsTheStores) {
  Plan plan = small(3);
  plan.faults = {Fault::cut, Fault::slow, Fault::clocks, Fault::restore, Fault::clone};
  plan.newcomers = 1;
  const Outcome in_memory = run_simulation(plan);
  plan.store = StoreKind::rocksdb;
  const Outcome on_rocksdb = run_simulation(plan);
  EXPECT_TRUE(on_rocksdb.violations.empty()) << on_rocksdb.violations.front();
  EXPECT_EQ(in_memory.trace, on_rocksdb.trace);
}

TEST(Simulation, GrowsWhileItIsAtWork) {
  Plan plan = small(5);
  plan.profile = Profile::clinic;  // the hub stays, so that they can join
  plan.days = 3;
  plan.faults.clear();
  plan.newcomers = 3;
  const Outcome outcome = run_simulation(plan);
  EXPECT_TRUE(outcome.violations.empty()) << outcome.violations.front();
  EXPECT_EQ(outcome.counts["sometimes: a device joins in the middle"], 3u);
}

TEST(Simulation, IsLookedAtEachMonth) {
  Plan plan = small(6);
  plan.days = 61;
  thin_out(plan);
  std::vector<std::string> months;
  const Outcome outcome =
      run_simulation(plan, {nullptr, [&](const std::string& line) { months.push_back(line); }});
  EXPECT_TRUE(outcome.violations.empty()) << outcome.violations.front();
  ASSERT_EQ(months.size(), 2u);
  EXPECT_EQ(months[0].substr(0, 10), "{\"day\":30,");
}

TEST(Plan, ItsArgumentsNameAllItDependsOn) {
  Plan plan;
  plan.seed = 9;
  plan.faults = {Fault::cut, Fault::clone};
  EXPECT_EQ(to_arguments(plan),
            "--seed 9 --devices 5 --days 6 --profile clinic --transactions 12 --newcomers 0 --rest "
            "1 --calm 1 "
            "--store memory --faults cut,clone");
  EXPECT_EQ(fault_of("no such").error().message(),
            "there is no fault called that; there are: cut, half_open, corrupt, slow, power, "
            "power_at_write, disk, clocks, restore, clone, hostile, strangers, reads");
}

}  // namespace
}  // namespace relais::simulator

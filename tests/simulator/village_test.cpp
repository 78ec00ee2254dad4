#include "simulator/village.h"

#include <gtest/gtest.h>

namespace relais::simulator {
namespace {

Plan small(std::uint64_t seed) {
  Plan plan = plan_of(seed);
  plan.devices = 3;
  plan.days = 2;
  return plan;
}

TEST(Village, TheSameSeedGivesTheSameTrace) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Outcome once = run_village(small(seed));
    const Outcome again = run_village(small(seed));
    EXPECT_EQ(once.trace, again.trace) << "seed " << seed;
    EXPECT_EQ(once.events, again.events) << "seed " << seed;
  }
  EXPECT_NE(run_village(small(1)).trace, run_village(small(2)).trace);
}

TEST(Village, OfEveryProfileConvergesWithoutFaults) {
  for (std::size_t profile = 0; profile < kProfiles; ++profile) {
    Plan plan = small(7);
    plan.devices = 4;
    plan.profile = static_cast<Profile>(profile);
    plan.faults.clear();
    const Outcome outcome = run_village(plan);
    EXPECT_TRUE(outcome.violations.empty()) << outcome.violations.front();
    EXPECT_GT(outcome.counts["writes acknowledged"], 50u);
  }
}

TEST(Plan, ItsArgumentsNameAllItDependsOn) {
  Plan plan;
  plan.seed = 9;
  plan.faults = {Fault::cut, Fault::clone};
  EXPECT_EQ(to_arguments(plan),
            "--seed 9 --devices 5 --days 6 --profile clinic --transactions 12 --faults cut,clone");
  EXPECT_EQ(fault_of("no such").error().message(),
            "there is no fault called that; there are: cut, half_open, corrupt, slow, power, "
            "power_at_write, disk, clocks, restore, clone");
}

}  // namespace
}  // namespace relais::simulator

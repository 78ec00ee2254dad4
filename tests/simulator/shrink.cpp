#include "simulator/shrink.h"

namespace relais::simulator {
namespace {

std::vector<Plan> smaller(const Plan& plan) {
  std::vector<Plan> plans;
  const auto with = [&](const auto& change) {
    Plan changed = plan;
    change(changed);
    plans.push_back(std::move(changed));
  };
  if (plan.days > 1) {
    with([](Plan& less) { less.days /= 2; });
    with([](Plan& less) { --less.days; });
  }
  for (const Fault fault : plan.faults) {
    with([fault](Plan& less) { less.faults.erase(fault); });
  }
  if (plan.newcomers > 0) {
    with([](Plan& less) { --less.newcomers; });
  }
  if (plan.devices > 2) {
    with([](Plan& less) { --less.devices; });
  }
  if (plan.transactions_per_day > 1) {
    with([](Plan& less) { less.transactions_per_day /= 2; });
  }
  return plans;
}

}  // namespace

Plan shrink(Plan plan, const std::function<void(const std::string&)>& say) {
  bool shrunk = true;
  while (shrunk) {
    shrunk = false;
    for (Plan& less : smaller(plan)) {
      if (run_simulation(less).violations.empty()) continue;
      plan = std::move(less);
      say("still fails: " + to_arguments(plan));
      shrunk = true;
      break;
    }
  }
  return plan;
}

}  // namespace relais::simulator

#pragma once

#include "simulator/device.h"
#include "simulator/plan.h"

namespace relais::simulator {

/// Faults of links and writes, until `heal`.
class Faults {
 public:
  Faults(const Plan& plan, World& world, const testing::Chance& chance)
      : plan_(plan),
        world_(world),
        links_(chance.split("links")),
        writes_(chance.split("writes")) {}

  bool has(Fault fault) const { return !healed_ && plan_.faults.contains(fault); }
  /// Conditions of the next link.
  LinkConditions conditions();
  /// Outcome of the next write of a device.
  WriteOutcome write_outcome(const Device& device, WritePoint point);
  void heal() { healed_ = true; }
  bool healed() const { return healed_; }

 private:
  void fail_somewhere(LinkConditions& conditions);

  const Plan& plan_;
  World& world_;
  testing::Chance links_;
  testing::Chance writes_;
  bool healed_ = false;
};

}  // namespace relais::simulator

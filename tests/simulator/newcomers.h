#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// Devices that join during the simulation: each on a certain day, retrying until it is a member,
/// under faults of links, disk and power.
class Newcomers {
 public:
  /// `on_arrival` is called when a device has been added.
  Newcomers(const Context& context, const testing::Chance& chance,
            std::function<void()> on_arrival);

  void plan(const Day& day);
  /// On good links every device that is no member yet joins at the first try.
  void join_all();

 private:
  void try_to_join(Node& node, bool again);
  void interrupt(Node& node);

  const Context& context_;
  testing::Chance chance_;
  std::function<void()> on_arrival_;
  std::multiset<std::size_t> days_;  ///< of arrivals to come
  std::vector<Node*> waiting_;       ///< devices that may not be members yet
};

}  // namespace relais::simulator

#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// Devices that join while the simulation is at work: each on a day of its own, again and again
/// until it is a member, with whatever befalls its links, its disk and its power.
class Newcomers {
 public:
  /// `on_arrival`: hears of a device that is new.
  Newcomers(const Context& context, const testing::Chance& chance,
            std::function<void()> on_arrival);

  void plan(const Day& day);
  /// On good links whoever isn't a member yet joins at the first try.
  void join_all();

 private:
  void try_to_join(Node& node, bool again);
  void interrupt(Node& node);

  const Context& context_;
  testing::Chance chance_;
  std::function<void()> on_arrival_;
  std::multiset<std::size_t> days_;  ///< of arrivals to come
  std::vector<Node*> waiting_;       ///< who came, and may not be a member
};

}  // namespace relais::simulator

#pragma once

#include "simulator/scene.h"

namespace relais::simulator {

/// Devices that join while the village is at work: each on a day of its own, again and again until
/// it is a member, with whatever befalls its links, its disk and its power.
class Newcomers {
 public:
  /// `on_arrival`: hears of a device that is new.
  Newcomers(const Scene& scene, const testing::Chance& chance, std::function<void()> on_arrival);

  void plan(const Day& day);
  /// On good links whoever isn't a member yet joins at the first try.
  void join_all();

 private:
  void try_to_join(Resident& resident, bool again);
  void interrupt(Resident& resident);

  const Scene& scene_;
  testing::Chance chance_;
  std::function<void()> on_arrival_;
  std::multiset<std::size_t> days_;  ///< of arrivals to come
  std::vector<Resident*> waiting_;   ///< who came, and may not be a member
};

}  // namespace relais::simulator

#pragma once

#include "simulator/faults.h"
#include "simulator/oracles.h"

namespace relais::simulator {

/// State shared by the parts of a simulation.
struct Context {
  const Plan& plan;
  World& world;
  Nodes& nodes;
  Oracles& oracles;
  Faults& faults;

  Instant now() const { return world.events.now(); }
  /// Whether the device is at work on that day.
  bool works(std::size_t who, std::size_t day) const { return (who + day) % plan.rest == 0; }
  void say(const std::string& line) const { world.trace.line(now(), line); }
};

/// Times of one day.
struct Day {
  std::size_t number = 0;
  Instant midnight;

  /// A random time between two hours.
  Instant at(testing::Chance& chance, std::int64_t first_hour, std::int64_t last_hour) const {
    return midnight + Duration(chance.between(first_hour * 3'600'000, last_hour * 3'600'000));
  }
};

}  // namespace relais::simulator

#pragma once

#include <cstdint>
#include <vector>

#include "model/writers.h"

namespace relais::model {

/// Pseudo-random numbers: the same on every machine.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  int below(int bound) { return static_cast<int>(next() % static_cast<std::uint64_t>(bound)); }
  int from(int first, int last) { return first + below(last - first + 1); }
  bool one_in(int many) { return below(many) == 0; }

 private:
  std::uint64_t state_;
};

/// A random history for a seed, at every limit of the rules and one past it: as many other writers
/// as a whole context has, or one more; authors that cannot read everything; logs that are cut off
/// and continued; imports and adoptions.
struct Script {
  Setting setting;
  std::vector<Deed> deeds;
};
Script script_for(std::uint64_t seed);

/// What one replica receives of a history.
struct Arrival {
  Set admitted = 0;        ///< a prefix of each log
  Set gone = 0;            ///< those of them that are erased or unreadable
  std::vector<int> order;  ///< changes, in any order, some of them twice
};
Arrival arrival_for(const World& world, Chance& chance);

}  // namespace relais::model

#include "engine/runtime/system_clock.h"

#include <chrono>

namespace relais::runtime {

Now SystemClock::now() {
  namespace chrono = std::chrono;
  // Floored, never rounded up: an instant that `now` has reached is one the timers have reached.
  const auto wall = chrono::floor<Duration>(chrono::system_clock::now().time_since_epoch());
  return {.monotonic = chrono::floor<Duration>(chrono::steady_clock::now()),
          .wall = WallTime{wall.count()}};
}

}  // namespace relais::runtime

#include "engine/runtime/system_clock.h"

#include <chrono>

namespace relais::runtime {

Now SystemClock::now() {
  namespace chrono = std::chrono;
  // Floored, so that `now` is never ahead of the timers.
  const auto wall = chrono::floor<Duration>(chrono::system_clock::now().time_since_epoch());
  return {.monotonic = chrono::floor<Duration>(chrono::steady_clock::now()),
          .wall = WallTime{wall.count()}};
}

}  // namespace relais::runtime

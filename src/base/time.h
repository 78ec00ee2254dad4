#pragma once

#include <chrono>
#include <cstdint>

namespace relais {

/// Wall time in milliseconds since 1970, UTC: for display. Never decides causality.
struct WallTime {
  std::int64_t ms = 0;
  auto operator<=>(const WallTime&) const = default;
};

/// Monotonic time since an arbitrary start, for deadlines.
using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

/// The current time, an argument of every call into protocol logic, which reads no clock.
struct Now {
  Instant monotonic{};
  WallTime wall{};
};

/// The engine's clock; the simulator passes its own.
/// Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Now now() = 0;
};

}  // namespace relais

#pragma once

#include <chrono>
#include <cstdint>

namespace relais {

/// Wall time in milliseconds since 1970, UTC: what a user reads. Never decides causality.
struct WallTime {
  std::int64_t ms = 0;
  auto operator<=>(const WallTime&) const = default;
};

/// Monotonic time since an arbitrary start: what deadlines are in.
using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

/// What the host gives to protocol logic at each call, which reads no clock itself.
struct Now {
  Instant monotonic{};
  WallTime wall{};
};

/// Where the engine reads time; the simulator has its own.
/// Threads: called from any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Now now() = 0;
};

}  // namespace relais

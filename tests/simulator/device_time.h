#pragma once

#include <memory>

#include "engine/runtime/loop.h"
#include "simulator/events.h"

namespace relais::simulator {

/// The clock of a device: it drifts, jumps, and can be set to 1970 or 2300. Its monotonic time
/// restarts at each boot.
class DeviceClock final : public Clock {
 public:
  DeviceClock(const Events& events, std::int64_t drift_ppm)
      : events_(events), drift_ppm_(drift_ppm) {}

  Now now() override { return {kBoot + since(booted_), {wall_.ms + since(wall_set_).count()}}; }
  void boot() { booted_ = events_.now(); }
  void set_wall(WallTime wall) {
    wall_ = wall;
    wall_set_ = events_.now();
  }
  /// The time of the simulation at which the device's monotonic time is `when`.
  Instant in_world(Instant when) const;

 private:
  static constexpr Instant kBoot{Duration(5000)};
  Duration since(Instant from) const;

  const Events& events_;
  const std::int64_t drift_ppm_;
  Instant booted_{};
  WallTime wall_{1'750'000'000'000};
  Instant wall_set_{};
};

/// The loop of a device from one boot to the next: its tasks never run after the device is off.
class DeviceLoop final : public runtime::Loop {
 public:
  DeviceLoop(Events& events, DeviceClock& clock)
      : events_(events), clock_(clock), alive_(std::make_shared<char>()) {}

  void post(std::function<void()> task) override;
  std::unique_ptr<Timer> call_at(Instant when, std::function<void()> task) override;
  Now now() override { return clock_.now(); }

 private:
  class LoopTimer;

  Events& events_;
  DeviceClock& clock_;
  std::shared_ptr<char> alive_;
};

}  // namespace relais::simulator

#include "simulator/device_time.h"

namespace relais::simulator {

Duration DeviceClock::since(Instant from) const {
  const Duration passed = events_.now() - from;
  return passed + passed * drift_ppm_ / 1'000'000;
}

Instant DeviceClock::in_world(Instant when) const {
  const Duration ahead = when - kBoot;
  // One millisecond late rather than early: an early timer would fire twice.
  return booted_ + ahead * 1'000'000 / (1'000'000 + drift_ppm_) + Duration(2);
}

class DeviceLoop::LoopTimer final : public Timer {
 public:
  LoopTimer() : wanted(std::make_shared<char>()) {}
  std::shared_ptr<char> wanted;
};

void DeviceLoop::post(std::function<void()> task) {
  events_.after(Duration(0), [alive = std::weak_ptr(alive_), task = std::move(task)] {
    if (!alive.expired()) task();
  });
}

std::unique_ptr<runtime::Loop::Timer> DeviceLoop::call_at(Instant when,
                                                          std::function<void()> task) {
  auto timer = std::make_unique<LoopTimer>();
  events_.at(clock_.in_world(when),
             [alive = std::weak_ptr(alive_), wanted = std::weak_ptr(timer->wanted),
              task = std::move(task)] {
               if (!alive.expired() && !wanted.expired()) task();
             });
  return timer;
}

}  // namespace relais::simulator

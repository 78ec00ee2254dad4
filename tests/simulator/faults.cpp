#include "simulator/faults.h"

namespace relais::simulator {

Weather Faults::weather() {
  Weather weather;
  weather.latency = Duration(links_.between(1, 40));
  weather.jitter = Duration(links_.between(0, 30));
  if (has(Fault::slow) && links_.one_in(4)) {
    world_.counts.add("fault: slow link");
    weather.latency = Duration(links_.between(200, 4000));
    weather.bytes_per_second = static_cast<std::uint64_t>(links_.between(500, 8000));
    weather.largest_chunk = 200;
  }
  fail_somewhere(weather);
  return weather;
}

void Faults::fail_somewhere(Weather& weather) {
  const auto somewhere = [&]() -> std::uint64_t {
    // Early on is where handshakes are; later, where data is.
    return links_.below(links_.one_in(2) ? 1500 : 40'000);
  };
  if (has(Fault::cut) && links_.one_in(4)) weather.cut_at = somewhere();
  if (has(Fault::half_open) && links_.one_in(10)) weather.half_open_at = somewhere();
  if (has(Fault::corrupt) && links_.one_in(6)) {
    std::optional<std::uint64_t>* const faults[] = {&weather.corrupt_at, &weather.repeat_at,
                                                    &weather.swap_at};
    *faults[links_.below(3)] = somewhere();
  }
}

WriteFate Faults::fate(const Device& device, WritePoint point) {
  // What isn't synced yet is what a power cut is about.
  const std::uint64_t rarity = point == WritePoint::buffered_commit ? 20 : 60;
  if (has(Fault::power_at_write) && writes_.one_in(rarity * plan_.calm)) {
    const bool before = writes_.one_in(2);
    const char* const points[] = {"a buffered commit", "a durable commit", "a sync"};
    world_.counts.add(std::string("fault: power cut ") + (before ? "before " : "after ") +
                      points[static_cast<int>(point)]);
    return before ? WriteFate::power_before : WriteFate::power_after;
  }
  if (has(Fault::disk) && device.boots() > 0 && writes_.one_in(80 * plan_.calm)) {
    world_.counts.add("fault: a write fails");
    const WriteFate kinds[] = {WriteFate::disk_full, WriteFate::fails, WriteFate::fails_landed};
    return kinds[writes_.below(3)];
  }
  return WriteFate::lands;
}

}  // namespace relais::simulator

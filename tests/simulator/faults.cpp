#include "simulator/faults.h"

namespace relais::simulator {

LinkConditions Faults::conditions() {
  LinkConditions conditions;
  conditions.latency = Duration(links_.between(1, 40));
  conditions.jitter = Duration(links_.between(0, 30));
  if (has(Fault::slow) && links_.one_in(4)) {
    world_.counts.add("fault: slow link");
    conditions.latency = Duration(links_.between(200, 4000));
    conditions.bytes_per_second = static_cast<std::uint64_t>(links_.between(500, 8000));
    conditions.largest_chunk = 200;
  }
  fail_somewhere(conditions);
  return conditions;
}

void Faults::fail_somewhere(LinkConditions& conditions) {
  const auto somewhere = [&]() -> std::uint64_t {
    // Handshakes are in the first bytes, data in later ones.
    return links_.below(links_.one_in(2) ? 1500 : 40'000);
  };
  if (has(Fault::cut) && links_.one_in(4)) conditions.cut_at = somewhere();
  if (has(Fault::half_open) && links_.one_in(10)) conditions.half_open_at = somewhere();
  if (has(Fault::corrupt) && links_.one_in(6)) {
    std::optional<std::uint64_t>* const faults[] = {&conditions.corrupt_at, &conditions.repeat_at,
                                                    &conditions.swap_at};
    *faults[links_.below(3)] = somewhere();
  }
}

WriteOutcome Faults::write_outcome(const Device& device, WritePoint point) {
  // Power cuts matter most while something is not synced.
  const std::uint64_t rarity = point == WritePoint::buffered_commit ? 20 : 60;
  if (has(Fault::power_at_write) && writes_.one_in(rarity * plan_.calm)) {
    const bool before = writes_.one_in(2);
    const char* const points[] = {"a buffered commit", "a durable commit", "a sync"};
    world_.counts.add(std::string("fault: power cut ") + (before ? "before " : "after ") +
                      points[static_cast<int>(point)]);
    return before ? WriteOutcome::power_before : WriteOutcome::power_after;
  }
  if (has(Fault::disk) && device.boots() > 0 && writes_.one_in(80 * plan_.calm)) {
    world_.counts.add("fault: a write fails");
    const WriteOutcome kinds[] = {WriteOutcome::disk_full, WriteOutcome::fails,
                                  WriteOutcome::fails_landed};
    return kinds[writes_.below(3)];
  }
  return WriteOutcome::lands;
}

}  // namespace relais::simulator

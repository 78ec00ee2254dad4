#include "simulator/mishaps.h"

namespace relais::simulator {

void Mishaps::plan(const Day& day) {
  for (std::size_t who = 0; who < scene_.residents.size(); ++who) plan_for(day, who);
  const bool moves_out =
      scene_.plan.profile == Profile::evacuation && day.number == scene_.plan.days / 2;
  if (moves_out) scene_.world.events.at(day.at(chance_, 12, 13), [this] { lose_hub(); });
}

void Mishaps::plan_for(const Day& day, std::size_t who) {
  static constexpr std::size_t kClones = 3;
  Resident& resident = scene_.residents[who];
  const auto at = [&](std::int64_t first_hour, std::int64_t last_hour, auto task) {
    scene_.world.events.at(day.at(chance_, first_hour, last_hour), task);
  };
  const Faults& faults = scene_.faults;
  if (faults.has(Fault::power) && one_in(2)) {
    at(7, 20, [&resident] { resident.device.cut_power(); });
  }
  if (faults.has(Fault::clocks) && one_in(4)) {
    at(0, 24, [this, &resident] { set_clock(resident.device); });
  }
  if (faults.has(Fault::restore) && one_in(3)) {
    at(6, 14, [this, &resident] { back_up(resident); });
    at(12, 22, [this, &resident] { restore(resident); });
  }
  if (faults.has(Fault::clone) && who > 0 && one_in(12) && clones_ < kClones) {
    at(10, 16, [this, &resident] { clone(resident); });
  }
  if (faults.has(Fault::reads) && reads_.one_in(2 * scene_.plan.calm)) {
    scene_.world.events.at(day.at(reads_, 7, 20), [this, &resident] { fail_reads(resident); });
  }
}

/// As where the process has no descriptor left: a few reads, or a hundred.
void Mishaps::fail_reads(Resident& resident) {
  testing::BrittleCalls* calls = resident.device.reads.get();
  if (calls == nullptr || !scene_.faults.has(Fault::reads)) return;
  scene_.say(resident.device.name() + " can't read for a while");
  calls->reads_left = reads_.below(reads_.one_in(2) ? 60 : 1'500);
  calls->failing = 1 + reads_.below(reads_.one_in(2) ? 3 : 150);
}

void Mishaps::set_clock(Device& device) {
  static constexpr std::int64_t kYears1970[] = {0, 86'400'000};
  static constexpr std::int64_t kYear2300 = 10'413'792'000'000;
  const std::int64_t now = device.clock().now().wall.ms;
  const std::int64_t times[] = {kYears1970[0], kYears1970[1], kYear2300,
                                now + chance_.between(-7'200'000, 7'200'000), 1'750'000'000'000};
  device.clock().set_wall({times[chance_.below(5)]});
  scene_.world.counts.add("fault: a clock jumps");
}

void Mishaps::back_up(Resident& resident) {
  if (!resident.device.on()) return;
  resident.backup = resident.device.copy_of_disk();
  resident.backup_mark = resident.user->mark();
}

void Mishaps::restore(Resident& resident) {
  if (!resident.device.on() || !resident.backup) return;
  scene_.world.counts.add("fault: a restored backup");
  scene_.say(resident.device.name() + " is restored from a backup");
  resident.device.shut_down();
  resident.user->forget_since(resident.backup_mark);
  scene_.oracles.forget(resident);
  resident.device.replace_disk(std::exchange(resident.backup, nullptr),
                               "marker " + std::to_string(chance_.next()));
  resident.device.boot();
}

void Mishaps::clone(Resident& of) {
  if (!of.device.on()) return;
  ++clones_;
  scene_.world.counts.add("fault: a cloned folder");
  scene_.say(of.device.name() + " is cloned");
  scene_.residents.add_clone(of);
  on_clone_();
}

void Mishaps::lose_hub() {
  scene_.world.counts.add("fault: a device is lost for good");
  scene_.say("the hub is lost");
  Resident& hub = scene_.residents.hub();
  hub.device.lose();
  hub.user->forget_since(0);
}

}  // namespace relais::simulator

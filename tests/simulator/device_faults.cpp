#include "simulator/device_faults.h"

namespace relais::simulator {

void DeviceFaults::plan(const Day& day) {
  for (std::size_t who = 0; who < context_.nodes.size(); ++who) plan_for(day, who);
  const bool moves_out =
      context_.plan.profile == Profile::evacuation && day.number == context_.plan.days / 2;
  if (moves_out) context_.world.events.at(day.at(chance_, 12, 13), [this] { lose_hub(); });
}

void DeviceFaults::plan_for(const Day& day, std::size_t who) {
  static constexpr std::size_t kClones = 3;
  Node& node = context_.nodes[who];
  const auto at = [&](std::int64_t first_hour, std::int64_t last_hour, auto task) {
    context_.world.events.at(day.at(chance_, first_hour, last_hour), task);
  };
  const Faults& faults = context_.faults;
  if (faults.has(Fault::power) && one_in(2)) {
    at(7, 20, [&node] { node.device.cut_power(); });
  }
  if (faults.has(Fault::clocks) && one_in(4)) {
    at(0, 24, [this, &node] { set_clock(node.device); });
  }
  if (faults.has(Fault::restore) && one_in(3)) {
    at(6, 14, [this, &node] { back_up(node); });
    at(12, 22, [this, &node] { restore(node); });
  }
  if (faults.has(Fault::clone) && who > 0 && one_in(12) && clones_ < kClones) {
    at(10, 16, [this, &node] { clone(node); });
  }
  if (faults.has(Fault::reads) && reads_.one_in(2 * context_.plan.calm)) {
    context_.world.events.at(day.at(reads_, 7, 20), [this, &node] { fail_reads(node); });
  }
}

/// Like a process without free descriptors: a few reads fail, or a hundred.
void DeviceFaults::fail_reads(Node& node) {
  testing::ReadFaults* calls = node.device.reads.get();
  if (calls == nullptr || !context_.faults.has(Fault::reads)) return;
  context_.say(node.device.name() + " can't read for a while");
  calls->reads_left = reads_.below(reads_.one_in(2) ? 60 : 1'500);
  calls->failing = 1 + reads_.below(reads_.one_in(2) ? 3 : 150);
}

void DeviceFaults::set_clock(Device& device) {
  static constexpr std::int64_t kYears1970[] = {0, 86'400'000};
  static constexpr std::int64_t kYear2300 = 10'413'792'000'000;
  const std::int64_t now = device.clock().now().wall.ms;
  const std::int64_t times[] = {kYears1970[0], kYears1970[1], kYear2300,
                                now + chance_.between(-7'200'000, 7'200'000), 1'750'000'000'000};
  device.clock().set_wall({times[chance_.below(5)]});
  context_.world.counts.add("fault: a clock jumps");
}

void DeviceFaults::back_up(Node& node) {
  if (!node.device.on()) return;
  node.backup = node.device.copy_of_disk();
  node.backup_mark = node.user->mark();
}

void DeviceFaults::restore(Node& node) {
  if (!node.device.on() || !node.backup) return;
  context_.world.counts.add("fault: a restored backup");
  context_.say(node.device.name() + " is restored from a backup");
  node.device.shut_down();
  node.user->forget_since(node.backup_mark);
  context_.oracles.forget(node);
  node.device.replace_disk(std::exchange(node.backup, nullptr),
                           "marker " + std::to_string(chance_.next()));
  node.device.boot();
}

void DeviceFaults::clone(Node& of) {
  if (!of.device.on()) return;
  ++clones_;
  context_.world.counts.add("fault: a cloned folder");
  context_.say(of.device.name() + " is cloned");
  context_.nodes.add_clone(of);
  on_clone_();
}

void DeviceFaults::lose_hub() {
  context_.world.counts.add("fault: a device is lost for good");
  context_.say("the hub is lost");
  Node& hub = context_.nodes.hub();
  hub.device.lose();
  hub.user->forget_since(0);
}

}  // namespace relais::simulator

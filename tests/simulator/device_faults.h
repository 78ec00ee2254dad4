#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// Faults of devices: power, clocks, backups and copies of their stores, loss of the hub.
class DeviceFaults {
 public:
  /// `on_clone` is called when a cloned device has been added.
  DeviceFaults(const Context& context, const testing::Chance& chance,
               std::function<void()> on_clone)
      : context_(context),
        chance_(chance.split("mishaps")),
        reads_(chance.split("failing reads")),
        on_clone_(std::move(on_clone)) {}

  void plan(const Day& day);

 private:
  void plan_for(const Day& day, std::size_t who);
  void set_clock(Device& device);
  void back_up(Node& node);
  void restore(Node& node);
  void clone(Node& of);
  void lose_hub();
  void fail_reads(Node& node);
  bool one_in(std::uint64_t days) { return chance_.one_in(days * context_.plan.calm); }

  const Context& context_;
  testing::Chance chance_;
  testing::Chance reads_;
  std::function<void()> on_clone_;
  std::size_t clones_ = 0;
};

}  // namespace relais::simulator

#include "simulator/village.h"

#include <algorithm>

#include "simulator/oracles.h"

namespace relais::simulator {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Village {
 public:
  Village(const Plan& plan, const Trace::Print& print)
      : plan_(plan),
        chance_(testing::Chance(plan.seed).split("village")),
        world_{{}, Trace(print), {}, {}},
        residents_(world_, plan_, testing::Chance(plan.seed)),
        oracles_(world_, residents_) {
    world_.watch = [this](BytesView bytes) {
      world_.trace.mix(bytes);
      oracles_.check_wire(bytes);
    };
    for (std::size_t i = 0; i < residents_.size(); ++i) prepare(residents_[i]);
  }

  Outcome run() {
    residents_.settle_in([this] { return weather(); });
    assign_neighbours();
    const Instant start = world_.events.now();
    for (std::size_t day = 0; day < plan_.days; ++day) {
      plan_day(day, start + hours(24) * static_cast<std::int64_t>(day));
      world_.events.run_until(start + hours(24) * static_cast<std::int64_t>(day + 1));
      device_days_ += static_cast<double>(residents_.members().size());
    }
    heal();
    meet_until_quiet();
    if (oracles_.violations().empty()) oracles_.check_rest();
    return outcome();
  }

 private:
  bool has(Fault fault) const { return !healed_ && plan_.faults.contains(fault); }

  // --- what befalls -------------------------------------------------------------------------

  Weather weather() {
    Weather weather;
    weather.latency = Duration(chance_.between(1, 40));
    weather.jitter = Duration(chance_.between(0, 30));
    const auto somewhere = [&]() -> std::uint64_t {
      // Early on is where handshakes are; later, where data is.
      return chance_.below(chance_.one_in(2) ? 1500 : 40'000);
    };
    if (has(Fault::slow) && chance_.one_in(4)) {
      world_.counts.add("fault: slow link");
      weather.latency = Duration(chance_.between(200, 4000));
      weather.bytes_per_second = static_cast<std::uint64_t>(chance_.between(500, 8000));
      weather.largest_chunk = 200;
    }
    if (has(Fault::cut) && chance_.one_in(4)) weather.cut_at = somewhere();
    if (has(Fault::half_open) && chance_.one_in(10)) weather.half_open_at = somewhere();
    if (has(Fault::corrupt) && chance_.one_in(6)) {
      std::optional<std::uint64_t>* const faults[] = {&weather.corrupt_at, &weather.repeat_at,
                                                      &weather.swap_at};
      *faults[chance_.below(3)] = somewhere();
    }
    return weather;
  }

  WriteFate fate(const Resident& resident, WritePoint point) {
    if (has(Fault::power_at_write) && faults_.one_in(60)) {
      const bool before = faults_.one_in(2);
      const char* const points[] = {"a buffered commit", "a durable commit", "a sync"};
      world_.counts.add(std::string("fault: power cut ") + (before ? "before " : "after ") +
                        points[static_cast<int>(point)]);
      return before ? WriteFate::power_before : WriteFate::power_after;
    }
    if (has(Fault::disk) && resident.device.boots() > 0 && faults_.one_in(80)) {
      world_.counts.add("fault: a write fails");
      const WriteFate kinds[] = {WriteFate::disk_full, WriteFate::fails, WriteFate::fails_landed};
      return kinds[faults_.below(3)];
    }
    return WriteFate::lands;
  }

  void prepare(Resident& resident) {
    resident.device.write_fate = [this, &resident](WritePoint point) {
      return fate(resident, point);
    };
  }

  // --- who meets whom -----------------------------------------------------------------------

  void assign_neighbours() {
    const std::size_t count = residents_.size();
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        if (i != j && may_meet(i, j)) residents_[i].neighbours.push_back(j);
      }
    }
  }

  /// Two places that never meet, but for the one who goes between: the last device.
  bool may_meet(std::size_t one, std::size_t other) const {
    if (plan_.profile != Profile::courier) return true;
    const std::size_t courier = plan_.devices - 1;
    return one == courier || other == courier || one % 2 == other % 2;
  }

  bool meets_today(std::size_t day, std::size_t who) {
    if (plan_.profile == Profile::zones) return (day + who) % 3 == 0 || chance_.one_in(4);
    return !chance_.one_in(5);
  }

  void plan_day(std::size_t day, Instant midnight) {
    const auto at = [&](std::int64_t first_hour, std::int64_t last_hour) {
      return midnight + Duration(chance_.between(first_hour * 3'600'000, last_hour * 3'600'000));
    };
    const std::size_t count = residents_.size();
    for (std::size_t who = 0; who < count; ++who) {
      for (std::uint64_t i = 0; i < plan_.transactions_per_day; ++i) {
        world_.events.at(at(8, 18), [this, who] { work(who); });
      }
      if (who > 0 && meets_today(day, who)) {
        world_.events.at(at(16, 19), [this, who] { meet(who, 0); });
      }
      if (chance_.one_in(2)) {
        world_.events.at(at(9, 17), [this, who] {
          if (!residents_[who].neighbours.empty())
            meet(who, chance_.pick(residents_[who].neighbours));
        });
      }
      plan_faults(who, at);
    }
    const bool moves_out = plan_.profile == Profile::evacuation && day == plan_.days / 2;
    if (moves_out) world_.events.at(at(12, 13), [this] { lose_hub(); });
  }

  template <class At>
  void plan_faults(std::size_t who, const At& at) {
    if (has(Fault::power) && chance_.one_in(2)) {
      world_.events.at(at(7, 20), [this, who] { residents_[who].device.cut_power(); });
    }
    if (has(Fault::clocks) && chance_.one_in(4)) {
      world_.events.at(at(0, 24), [this, who] { set_clock(residents_[who].device); });
    }
    if (has(Fault::restore) && chance_.one_in(3)) {
      world_.events.at(at(6, 14), [this, who] { back_up(residents_[who]); });
      world_.events.at(at(12, 22), [this, who] { restore(residents_[who]); });
    }
    if (has(Fault::clone) && who > 0 && chance_.one_in(12) &&
        residents_.size() < plan_.devices + 3) {
      world_.events.at(at(10, 16), [this, who] { clone(who); });
    }
  }

  void work(std::size_t who) {
    Resident& resident = residents_[who];
    if (!resident.device.on()) return;
    const auto before = Oracles::own_heads(resident);
    if (resident.user->work()) oracles_.acknowledged(resident, before);
  }

  void meet(std::size_t who, std::size_t whom, bool again = true) {
    Device& caller = residents_[who].device;
    Device& called = residents_[whom].device;
    if (who == whom || !may_meet(who, whom)) return;
    if (!caller.on() || !called.on() || caller.calling()) return;
    world_.counts.add("meetings");
    const std::string names = caller.name() + " and " + called.name();
    caller.call(called, weather(), [this, who, whom, names, again](Result<peer::Report> met) {
      met_once(names, met);
      check_after_meeting(residents_[who]);
      check_after_meeting(residents_[whom]);
      if (!met && again && !healed_) {
        world_.events.after(minutes(2), [this, who, whom] { meet(who, whom, false); });
      }
    });
  }

  void met_once(const std::string& names, const Result<peer::Report>& met) {
    if (!met) {
      world_.counts.add("sometimes: a meeting fails");
      world_.trace.line(world_.events.now(), names + ": " + met.error().message());
      return;
    }
    if (!met->in_sync) world_.counts.add("sometimes: a meeting leaves logs out");
    if (!met->mismatched.empty()) oracles_.violation(names + " end with unequal roots");
    if (!met->forked.empty()) oracles_.violation(names + " see a fork");
    world_.trace.line(world_.events.now(), names + ": " + std::to_string(met->changes_sent) +
                                               " sent, " + std::to_string(met->changes_received) +
                                               " received");
  }

  void check_after_meeting(Resident& resident) {
    if (resident.device.on()) oracles_.check_device(resident);
  }

  void lose_hub() {
    world_.counts.add("fault: a device is lost for good");
    world_.trace.line(world_.events.now(), "the hub is lost");
    residents_.hub().device.lose();
    residents_.hub().user->forget_since(0);
  }

  void set_clock(Device& device) {
    static constexpr std::int64_t kYears1970[] = {0, 86'400'000};
    static constexpr std::int64_t kYear2300 = 10'413'792'000'000;
    const std::int64_t now = device.clock().now().wall.ms;
    const std::int64_t times[] = {kYears1970[0], kYears1970[1], kYear2300,
                                  now + chance_.between(-7'200'000, 7'200'000), 1'750'000'000'000};
    device.clock().set_wall({times[chance_.below(5)]});
    world_.counts.add("fault: a clock jumps");
  }

  void back_up(Resident& resident) {
    if (!resident.device.on()) return;
    resident.backup = resident.device.copy_of_disk();
    resident.backup_mark = resident.user->mark();
  }

  void restore(Resident& resident) {
    if (!resident.device.on() || !resident.backup) return;
    world_.counts.add("fault: a restored backup");
    world_.trace.line(world_.events.now(), resident.device.name() + " is restored from a backup");
    resident.device.shut_down();
    resident.user->forget_since(resident.backup_mark);
    oracles_.forget(resident);
    resident.device.replace_disk(std::exchange(resident.backup, nullptr),
                                 "marker " + std::to_string(chance_.next()));
    resident.device.boot();
  }

  void clone(std::size_t who) {
    if (!residents_[who].device.on()) return;
    world_.counts.add("fault: a cloned folder");
    world_.trace.line(world_.events.now(), residents_[who].device.name() + " is cloned");
    Resident& added = residents_.add_clone(residents_[who]);
    prepare(added);
    for (std::size_t i = 0; i + 1 < residents_.size(); ++i) {
      residents_[i].neighbours.push_back(residents_.size() - 1);
    }
  }

  // --- at the end ---------------------------------------------------------------------------

  void heal() {
    healed_ = true;
    world_.trace.line(world_.events.now(), "no more faults");
    world_.events.run_until(world_.events.now() + hours(1));
    for (Resident* resident : residents_.members()) {
      if (!resident->device.on() && !resident->device.boot()) {
        oracles_.violation(resident->device.name() + " doesn't come on again");
      }
      oracles_.check_durable(*resident);
    }
    world_.events.run_until(world_.events.now() + minutes(10));
  }

  /// Each meets each; where they are many, each meets the hub, who may read everything.
  std::vector<std::pair<Resident*, Resident*>> pairs() {
    static constexpr std::size_t kMany = 12;
    const auto members = residents_.members();
    const bool by_hub = members.size() > kMany && !residents_.hub().device.lost();
    std::vector<std::pair<Resident*, Resident*>> pairs;
    for (Resident* one : members) {
      for (Resident* other : members) {
        const bool wanted = !by_hub || other == &residents_.hub();
        if (one != other && wanted) pairs.emplace_back(one, other);
      }
    }
    return pairs;
  }

  /// One round of meetings. Says whether anything moved, or somebody lacked something.
  bool everyone_meets() {
    bool moved = false;
    for (const auto& [one, other] : pairs()) {
      const std::string names = one->device.name() + " and " + other->device.name();
      bool done = false;
      one->device.call(other->device, Weather{}, [&](Result<peer::Report> met) {
        done = true;
        met_once(names, met);
        moved = moved || !met || !met->in_sync || met->changes_sent + met->changes_received > 0;
        if (!met) oracles_.violation("a meeting on a good link fails: " + met.error().message());
      });
      world_.events.run_until(world_.events.now() + minutes(5));
      if (!done) oracles_.violation("a meeting on a good link doesn't end");
      if (!done) return true;
    }
    return moved;
  }

  void meet_until_quiet() {
    static constexpr int kRounds = 4;
    for (int round = 1; round <= kRounds; ++round) {
      if (!oracles_.violations().empty()) return;
      if (!everyone_meets()) return;
    }
    oracles_.violation("after " + std::to_string(kRounds) +
                       " rounds there is still something to say");
  }

  Outcome outcome() {
    Outcome outcome{oracles_.violations(), world_.counts, world_.trace.hash(),
                    world_.events.ran(),   device_days_,  {}};
    if (!outcome.violations.empty()) outcome.last_lines = world_.trace.last_lines();
    return outcome;
  }

  const Plan plan_;
  testing::Chance chance_;
  testing::Chance faults_ = chance_.split("faults");
  World world_;
  Residents residents_;
  Oracles oracles_;
  bool healed_ = false;
  double device_days_ = 0;
};

}  // namespace

Outcome run_village(const Plan& plan, const Trace::Print& print) {
  crypto::initialise();
  return Village(plan, print).run();
}

}  // namespace relais::simulator

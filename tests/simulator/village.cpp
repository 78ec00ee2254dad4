#include "simulator/village.h"

#include "simulator/encounters.h"
#include "simulator/mishaps.h"
#include "simulator/newcomers.h"
#include "simulator/night_watch.h"

namespace relais::simulator {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class Village {
 public:
  Village(const Plan& plan, const Listeners& listeners)
      : plan_(plan),
        chance_(testing::Chance(plan.seed).split("village")),
        world_{{}, Trace(listeners.trace), {}, {}, make_disks(plan.store, world_.counts)},
        residents_(world_, plan_, testing::Chance(plan.seed)),
        oracles_(world_, residents_),
        faults_(plan_, world_, chance_),
        encounters_(scene_, chance_),
        mishaps_(scene_, chance_, [this] { welcome_last(); }),
        newcomers_(scene_, chance_, [this] { welcome_last(); }),
        watch_(scene_, listeners.months) {
    world_.watch = [this](BytesView bytes) {
      world_.trace.mix(bytes);
      oracles_.check_wire(bytes);
    };
    for (std::size_t i = 0; i < residents_.size(); ++i) prepare(residents_[i]);
  }

  Outcome run() {
    residents_.settle_in([this] { return faults_.weather(); });
    encounters_.assign_neighbours();
    Day day{0, world_.events.now()};
    for (; day.number < plan_.days; ++day.number, day.midnight += hours(24)) {
      plan_day(day);
      world_.events.run_until(day.midnight + hours(24));
      device_days_ += static_cast<double>(residents_.members().size());
    }
    heal();
    encounters_.meet_until_quiet();
    if (oracles_.violations().empty()) oracles_.check_rest();
    return outcome();
  }

 private:
  void prepare(Resident& resident) {
    resident.device.write_fate = [this, &resident](WritePoint point) {
      return faults_.fate(resident.device, point);
    };
  }

  /// A device that came while the village was at work.
  void welcome_last() {
    prepare(residents_[residents_.size() - 1]);
    encounters_.greet_last();
  }

  void plan_day(const Day& day) {
    newcomers_.plan(day);
    for (std::size_t who = 0; who < residents_.size(); ++who) {
      if (!scene_.works(who, day.number)) continue;
      for (std::uint64_t i = 0; i < plan_.transactions_per_day; ++i) {
        world_.events.at(day.at(chance_, 8, 18), [this, who] { work(residents_[who]); });
      }
    }
    encounters_.plan(day);
    mishaps_.plan(day);
    watch_.plan(day);
  }

  void work(Resident& resident) {
    if (!resident.device.on()) return;
    const auto before = Oracles::own_heads(resident);
    if (resident.user->work()) oracles_.acknowledged(resident, before);
  }

  void heal() {
    faults_.heal();
    scene_.say("no more faults");
    world_.events.run_until(world_.events.now() + hours(1));
    for (Resident* resident : residents_.members()) {
      if (!resident->device.on() && !resident->device.boot()) {
        oracles_.violation(resident->device.name() + " doesn't come on again");
        continue;
      }
      oracles_.check_durable(*resident);
    }
    if (!oracles_.violations().empty()) return;
    newcomers_.join_all();
    world_.events.run_until(world_.events.now() + minutes(10));
  }

  Outcome outcome() {
    Outcome outcome{oracles_.violations(), world_.counts, world_.trace.hash(),
                    world_.events.ran(),   device_days_,  {}};
    if (!outcome.violations.empty()) outcome.last_lines = world_.trace.last_lines();
    return outcome;
  }

  const Plan plan_;
  testing::Chance chance_;
  World world_;
  Residents residents_;
  Oracles oracles_;
  Faults faults_;
  const Scene scene_{plan_, world_, residents_, oracles_, faults_};
  Encounters encounters_;
  Mishaps mishaps_;
  Newcomers newcomers_;
  NightWatch watch_;
  double device_days_ = 0;
};

}  // namespace

Outcome run_village(const Plan& plan, const Listeners& listeners) {
  crypto::initialise();
  return Village(plan, listeners).run();
}

}  // namespace relais::simulator

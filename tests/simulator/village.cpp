#include "simulator/village.h"

#include "simulator/encounters.h"
#include "simulator/holdings.h"
#include "simulator/hostile.h"
#include "simulator/mishaps.h"
#include "simulator/newcomers.h"
#include "simulator/night_watch.h"
#include "simulator/strangers.h"

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
        watch_(scene_, listeners.months),
        hostile_(scene_, chance_),
        strangers_(scene_, chance_),
        holdings_(scene_) {
    world_.watch = [this](BytesView bytes) {
      world_.trace.mix(bytes);
      oracles_.check_wire(bytes);
    };
    for (std::size_t i = 0; i < residents_.size(); ++i) prepare(residents_[i]);
  }

  Outcome run() {
    residents_.settle_in([this] { return faults_.weather(); });
    encounters_.assign_neighbours();
    hostile_.begin();
    strangers_.begin();
    Day day{0, world_.events.now()};
    for (; day.number < plan_.days; ++day.number, day.midnight += hours(24)) {
      plan_day(day);
      world_.events.run_until(day.midnight + hours(24));
      device_days_ += static_cast<double>(residents_.members().size());
    }
    heal();
    encounters_.meet_until_quiet();
    if (oracles_.violations().empty()) oracles_.check_rest();
    if (oracles_.violations().empty()) holdings_.check();
    if (oracles_.violations().empty()) let_one_more_join();
    return outcome();
  }

 private:
  void prepare(Resident& resident) {
    resident.device.write_fate = [this, &resident](WritePoint point) {
      return faults_.fate(resident.device, point);
    };
    if (!plan_.faults.contains(Fault::reads)) return;
    resident.device.reads = std::make_shared<testing::BrittleCalls>();
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
    hostile_.plan(day);
  }

  void work(Resident& resident) {
    if (!resident.device.on()) return;
    const auto before = Oracles::own_heads(resident);
    if (resident.user->work()) oracles_.acknowledged(resident, before);
  }

  void heal() {
    faults_.heal();
    scene_.say("no more faults");
    for (std::size_t i = 0; i < residents_.size(); ++i) {
      testing::BrittleCalls* reads = residents_[i].device.reads.get();
      if (reads == nullptr) continue;
      if (reads->failed) world_.counts.add("fault: reads fail");
      reads->reads_left.reset();
    }
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

  /// Who comes last gets all that its inviter holds, whoever wrote it and however.
  void let_one_more_join() {
    if (!plan_.faults.contains(Fault::hostile) || residents_.hub().device.lost()) return;
    Resident& last = residents_.add_newcomer();
    last.user->scopes = residents_.records().scopes;
    last.user->labels = residents_.records().labels;
    residents_.try_to_join(last, Weather{}, [](bool) {});
    world_.events.run_until(world_.events.now() + minutes(5));
    residents_.note_membership(last);
    if (!last.member) return oracles_.violation("who comes last can't join");
    encounters_.meet_once(last, residents_.hub());
    if (oracles_.violations().empty()) holdings_.check_forwarded(last, residents_.hub());
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
  Hostile hostile_;
  Strangers strangers_;
  Holdings holdings_;
  double device_days_ = 0;
};

}  // namespace

Outcome run_village(const Plan& plan, const Listeners& listeners) {
  crypto::initialise();
  return Village(plan, listeners).run();
}

}  // namespace relais::simulator

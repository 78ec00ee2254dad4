#include "simulator/simulation.h"

#include "simulator/device_faults.h"
#include "simulator/holdings.h"
#include "simulator/hostile.h"
#include "simulator/newcomers.h"
#include "simulator/resource_check.h"
#include "simulator/strangers.h"
#include "simulator/sync_scheduler.h"

namespace relais::simulator {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class Simulation {
 public:
  Simulation(const Plan& plan, const Listeners& listeners)
      : plan_(plan),
        chance_(testing::Chance(plan.seed).split("village")),
        world_{{}, Trace(listeners.trace), {}, {}, make_disks(plan.store, world_.counts)},
        nodes_(world_, plan_, testing::Chance(plan.seed)),
        oracles_(world_, nodes_),
        faults_(plan_, world_, chance_),
        sync_scheduler_(context_, chance_),
        device_faults_(context_, chance_, [this] { welcome_last(); }),
        newcomers_(context_, chance_, [this] { welcome_last(); }),
        watch_(context_, listeners.months),
        hostile_(context_, chance_),
        strangers_(context_, chance_),
        holdings_(context_) {
    world_.watch = [this](BytesView bytes) {
      world_.trace.mix(bytes);
      oracles_.check_wire(bytes);
    };
    for (std::size_t i = 0; i < nodes_.size(); ++i) prepare(nodes_[i]);
  }

  Outcome run() {
    nodes_.join_all_first([this] { return faults_.conditions(); });
    sync_scheduler_.assign_neighbours();
    hostile_.begin();
    strangers_.begin();
    Day day{0, world_.events.now()};
    for (; day.number < plan_.days; ++day.number, day.midnight += hours(24)) {
      plan_day(day);
      world_.events.run_until(day.midnight + hours(24));
      device_days_ += static_cast<double>(nodes_.members().size());
    }
    heal();
    sync_scheduler_.sync_until_quiet();
    if (oracles_.violations().empty()) oracles_.check_rest();
    if (oracles_.violations().empty()) holdings_.check();
    if (oracles_.violations().empty()) let_one_more_join();
    return outcome();
  }

 private:
  void prepare(Node& node) {
    node.device.write_outcome = [this, &node](WritePoint point) {
      return faults_.write_outcome(node.device, point);
    };
    // At once: later, others may have brought back what it lost.
    node.device.on_boot = [this, &node] { oracles_.check_durable(node); };
    if (!plan_.faults.contains(Fault::reads)) return;
    node.device.reads = std::make_shared<testing::ReadFaults>();
  }

  /// A device was added during the simulation.
  void welcome_last() {
    prepare(nodes_[nodes_.size() - 1]);
    sync_scheduler_.sync_with_last();
  }

  void plan_day(const Day& day) {
    newcomers_.plan(day);
    for (std::size_t who = 0; who < nodes_.size(); ++who) {
      if (!context_.works(who, day.number)) continue;
      for (std::uint64_t i = 0; i < plan_.transactions_per_day; ++i) {
        world_.events.at(day.at(chance_, 8, 18), [this, who] { work(nodes_[who]); });
      }
    }
    sync_scheduler_.plan(day);
    device_faults_.plan(day);
    watch_.plan(day);
    hostile_.plan(day);
  }

  void work(Node& node) {
    if (!node.device.on()) return;
    const auto before = Oracles::own_heads(node);
    if (node.user->work()) oracles_.acknowledged(node, before);
  }

  void heal() {
    faults_.heal();
    context_.say("no more faults");
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      testing::ReadFaults* reads = nodes_[i].device.reads.get();
      if (reads == nullptr) continue;
      if (reads->failed) world_.counts.add("fault: reads fail");
      reads->reads_left.reset();
    }
    world_.events.run_until(world_.events.now() + hours(1));
    for (Node* node : nodes_.members()) {
      if (!node->device.on() && !node->device.boot()) {
        oracles_.violation(node->device.name() + " doesn't come on again");
        continue;
      }
      oracles_.check_durable(*node);
    }
    if (!oracles_.violations().empty()) return;
    newcomers_.join_all();
    world_.events.run_until(world_.events.now() + minutes(10));
  }

  /// The last joiner gets all that its inviter holds, whoever wrote it.
  void let_one_more_join() {
    if (!plan_.faults.contains(Fault::hostile) || nodes_.hub().device.lost()) return;
    Node& last = nodes_.add_newcomer();
    last.user->scopes = nodes_.records().scopes;
    last.user->labels = nodes_.records().labels;
    nodes_.try_to_join(last, LinkConditions{}, [](bool) {});
    world_.events.run_until(world_.events.now() + minutes(5));
    nodes_.note_membership(last);
    if (!last.member) return oracles_.violation("who comes last can't join");
    sync_scheduler_.sync_once(last, nodes_.hub());
    if (oracles_.violations().empty()) holdings_.check_forwarded(last, nodes_.hub());
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
  Nodes nodes_;
  Oracles oracles_;
  Faults faults_;
  const Context context_{plan_, world_, nodes_, oracles_, faults_};
  SyncScheduler sync_scheduler_;
  DeviceFaults device_faults_;
  Newcomers newcomers_;
  ResourceCheck watch_;
  Hostile hostile_;
  Strangers strangers_;
  Holdings holdings_;
  double device_days_ = 0;
};

}  // namespace

Outcome run_simulation(const Plan& plan, const Listeners& listeners) {
  crypto::initialise();
  return Simulation(plan, listeners).run();
}

}  // namespace relais::simulator

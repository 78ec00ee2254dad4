#include "simulator/sync_scheduler.h"

#include <algorithm>

#include "simulator/cost.h"

namespace relais::simulator {

using std::chrono::minutes;

namespace {

std::map<log::LogId, log::Head> heads(Node& node) {
  std::map<log::LogId, log::Head> heads;
  if (!node.device.on()) return heads;
  for (const auto& [id, row] : node.device.core().logs.rows()) heads[id] = row.head;
  return heads;
}

}  // namespace

void SyncScheduler::assign_neighbours() {
  const std::size_t count = context_.nodes.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      if (i != j && may_add_author(i, j)) context_.nodes[i].neighbours.push_back(j);
    }
  }
}

void SyncScheduler::sync_with_last() {
  const std::size_t last = context_.nodes.size() - 1;
  context_.nodes[last].neighbours.clear();
  for (std::size_t i = 0; i < last; ++i) {
    if (!may_add_author(i, last)) continue;
    context_.nodes[i].neighbours.push_back(last);
    context_.nodes[last].neighbours.push_back(i);
  }
}

/// Two places without a link, except for the courier.
bool SyncScheduler::may_add_author(std::size_t one, std::size_t other) const {
  if (context_.plan.profile != Profile::courier) return true;
  const std::size_t courier = context_.plan.devices - 1;
  return one == courier || other == courier || one % 2 == other % 2;
}

bool SyncScheduler::syncs_today(std::size_t day, std::size_t who) {
  if (context_.plan.profile == Profile::zones) return (day + who) % 3 == 0 || chance_.one_in(4);
  return !chance_.one_in(5);
}

void SyncScheduler::plan(const Day& day) {
  for (std::size_t who = 0; who < context_.nodes.size(); ++who) {
    if (!context_.works(who, day.number)) continue;
    if (who > 0 && syncs_today(day.number, who)) {
      context_.world.events.at(day.at(chance_, 16, 19), [this, who] { sync(who, 0); });
    }
    if (!chance_.one_in(2)) continue;
    context_.world.events.at(day.at(chance_, 9, 17), [this, who] {
      const auto& neighbours = context_.nodes[who].neighbours;
      if (!neighbours.empty()) sync(who, chance_.pick(neighbours));
    });
  }
}

void SyncScheduler::sync(std::size_t who, std::size_t whom, bool again) {
  Device& caller = context_.nodes[who].device;
  Device& called = context_.nodes[whom].device;
  if (who == whom || !may_add_author(who, whom)) return;
  if (!caller.on() || !called.on() || caller.calling()) return;
  context_.world.counts.add("syncs");
  const std::string names = caller.name() + " and " + called.name();
  caller.call(called, context_.faults.conditions(),
              [this, who, whom, names, again](Result<peer::Report> result) {
                record(names, result);
                check_after_sync(context_.nodes[who]);
                check_after_sync(context_.nodes[whom]);
                if (result || !again || context_.faults.healed()) return;
                context_.world.events.after(minutes(2),
                                            [this, who, whom] { sync(who, whom, false); });
              });
}

void SyncScheduler::record(const std::string& names, const Result<peer::Report>& result) {
  if (!result) {
    context_.world.counts.add("sometimes: a sync fails");
    if (result.error().code() == ErrorCode::peer_misbehaved) {
      context_.oracles.violation(names + ": an honest device is called a rule-breaker");
    }
    return context_.say(names + ": " + result.error().message());
  }
  if (!result->in_sync) context_.world.counts.add("sometimes: a sync leaves logs out");
  if (!are_contradictory(result->mismatched))
    context_.oracles.violation(names + " end with unequal roots");
  if (!are_contradictory(result->forked)) context_.oracles.violation(names + " see a fork");
  if (context_.faults.healed() && !are_contradictory(result->refused)) {
    context_.oracles.violation(names + " leave out a log that has one history");
  }
  if (!result->forked.empty()) context_.world.counts.add("sometimes: a sync sees a fork");
  context_.say(names + ": " + std::to_string(result->changes_sent) + " sent, " +
               std::to_string(result->changes_received) + " received");
}

/// Whether all of them may have several histories.
bool SyncScheduler::are_contradictory(const std::vector<log::LogId>& logs) const {
  const auto& contradictory = context_.world.hand_written.contradictory;
  return std::all_of(logs.begin(), logs.end(),
                     [&](const log::LogId& log) { return contradictory.contains(log); });
}

void SyncScheduler::check_after_sync(Node& node) {
  if (node.device.on()) context_.oracles.check_device(node);
}

/// A node that may read everything; null if none.
Node* SyncScheduler::reader_of_all() {
  const Register& records = context_.nodes.records();
  for (Node* node : context_.nodes.members()) {
    const User& user = *node->user;
    if (user.scopes == records.scopes && user.labels == records.labels) return node;
  }
  return nullptr;
}

/// All pairs; with many nodes, each with the hub or another reader of everything.
std::vector<std::pair<Node*, Node*>> SyncScheduler::pairs() {
  static constexpr std::size_t kMany = 12;
  const auto members = context_.nodes.members();
  const Node* const middle = members.size() > kMany ? reader_of_all() : nullptr;
  std::vector<std::pair<Node*, Node*>> pairs;
  for (Node* one : members) {
    for (Node* other : members) {
      const bool wanted = middle == nullptr || other == middle;
      if (one != other && wanted) pairs.emplace_back(one, other);
    }
  }
  return pairs;
}

/// Syncs on a good link. Returns whether anything was sent, or one side lacked something.
bool SyncScheduler::sync_on_good_link(Node& one, Node& other) {
  const std::string names = one.device.name() + " and " + other.device.name();
  bool done = false;
  bool in_sync = false;
  std::size_t bytes = 0;
  const auto before = std::pair(heads(one), heads(other));
  const Cost cost;
  one.device.call(other.device, LinkConditions{}, [&](Result<peer::Report> result) {
    done = true;
    record(names, result);
    // Strangers that replay first messages may occupy the limits for a moment.
    if (!result && result.error().code() == ErrorCode::busy &&
        context_.plan.faults.contains(Fault::strangers)) {
      return context_.world.counts.add("sometimes: a sync is put off by strangers");
    }
    if (!result) {
      return context_.oracles.violation("a sync on a good link fails: " + result.error().message());
    }
    // Both sides leave forked logs out for good.
    in_sync = result->in_sync || !(result->refused.empty() && result->forked.empty());
    bytes = result->bytes_sent + result->bytes_received;
  });
  context_.world.events.run_until(context_.now() + minutes(5));
  if (!done) context_.oracles.violation("a sync on a good link doesn't end");
  if (cost.is_slow(1000, bytes)) {
    context_.oracles.violation(names + " took " + std::to_string(cost.cpu_ms()) + " ms for " +
                               std::to_string(bytes) + " bytes");
  }
  return !in_sync || before != std::pair(heads(one), heads(other));
}

bool SyncScheduler::sync_all() {
  bool moved = false;
  for (const auto& [one, other] : pairs()) {
    moved = sync_on_good_link(*one, *other) || moved;
    if (!context_.oracles.violations().empty()) break;
  }
  return moved;
}

void SyncScheduler::sync_until_quiet() {
  // One more than needed to pass keys on to devices that their makers learn of in the second round.
  static constexpr int kRounds = 6;
  for (int round = 1; round <= kRounds; ++round) {
    if (!context_.oracles.violations().empty()) return;
    if (!sync_all()) return;
  }
  context_.oracles.violation("after " + std::to_string(kRounds) +
                             " rounds there is still something to say");
}

}  // namespace relais::simulator

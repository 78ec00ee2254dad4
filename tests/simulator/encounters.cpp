#include "simulator/encounters.h"

#include <algorithm>

#include "simulator/cost.h"

namespace relais::simulator {

using std::chrono::minutes;

namespace {

std::map<log::LogId, log::Head> heads(Resident& resident) {
  std::map<log::LogId, log::Head> heads;
  if (!resident.device.on()) return heads;
  for (const auto& [id, row] : resident.device.core().logs.rows()) heads[id] = row.head;
  return heads;
}

}  // namespace

void Encounters::assign_neighbours() {
  const std::size_t count = scene_.residents.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      if (i != j && may_add_author(i, j)) scene_.residents[i].neighbours.push_back(j);
    }
  }
}

void Encounters::greet_last() {
  const std::size_t last = scene_.residents.size() - 1;
  scene_.residents[last].neighbours.clear();
  for (std::size_t i = 0; i < last; ++i) {
    if (!may_add_author(i, last)) continue;
    scene_.residents[i].neighbours.push_back(last);
    scene_.residents[last].neighbours.push_back(i);
  }
}

/// Two places that never meet, but for the one who goes between.
bool Encounters::may_add_author(std::size_t one, std::size_t other) const {
  if (scene_.plan.profile != Profile::courier) return true;
  const std::size_t courier = scene_.plan.devices - 1;
  return one == courier || other == courier || one % 2 == other % 2;
}

bool Encounters::meets_today(std::size_t day, std::size_t who) {
  if (scene_.plan.profile == Profile::zones) return (day + who) % 3 == 0 || chance_.one_in(4);
  return !chance_.one_in(5);
}

void Encounters::plan(const Day& day) {
  for (std::size_t who = 0; who < scene_.residents.size(); ++who) {
    if (!scene_.works(who, day.number)) continue;
    if (who > 0 && meets_today(day.number, who)) {
      scene_.world.events.at(day.at(chance_, 16, 19), [this, who] { meet(who, 0); });
    }
    if (!chance_.one_in(2)) continue;
    scene_.world.events.at(day.at(chance_, 9, 17), [this, who] {
      const auto& neighbours = scene_.residents[who].neighbours;
      if (!neighbours.empty()) meet(who, chance_.pick(neighbours));
    });
  }
}

void Encounters::meet(std::size_t who, std::size_t whom, bool again) {
  Device& caller = scene_.residents[who].device;
  Device& called = scene_.residents[whom].device;
  if (who == whom || !may_add_author(who, whom)) return;
  if (!caller.on() || !called.on() || caller.calling()) return;
  scene_.world.counts.add("meetings");
  const std::string names = caller.name() + " and " + called.name();
  caller.call(called, scene_.faults.weather(),
              [this, who, whom, names, again](Result<peer::Report> result) {
                met(names, result);
                check_after_meeting(scene_.residents[who]);
                check_after_meeting(scene_.residents[whom]);
                if (result || !again || scene_.faults.healed()) return;
                scene_.world.events.after(minutes(2),
                                          [this, who, whom] { meet(who, whom, false); });
              });
}

void Encounters::met(const std::string& names, const Result<peer::Report>& met) {
  if (!met) {
    scene_.world.counts.add("sometimes: a meeting fails");
    if (met.error().code() == ErrorCode::peer_misbehaved) {
      scene_.oracles.violation(names + ": an honest device is called a rule-breaker");
    }
    return scene_.say(names + ": " + met.error().message());
  }
  if (!met->in_sync) scene_.world.counts.add("sometimes: a meeting leaves logs out");
  if (!are_liars(met->mismatched)) scene_.oracles.violation(names + " end with unequal roots");
  if (!are_liars(met->forked)) scene_.oracles.violation(names + " see a fork");
  if (scene_.faults.healed() && !are_liars(met->refused)) {
    scene_.oracles.violation(names + " leave out a log that has one history");
  }
  if (!met->forked.empty()) scene_.world.counts.add("sometimes: a meeting sees a fork");
  scene_.say(names + ": " + std::to_string(met->changes_sent) + " sent, " +
             std::to_string(met->changes_received) + " received");
}

/// Whether all of them may have more than one history.
bool Encounters::are_liars(const std::vector<log::LogId>& logs) const {
  const auto& liars = scene_.world.suspects.liars;
  return std::all_of(logs.begin(), logs.end(),
                     [&](const log::LogId& log) { return liars.contains(log); });
}

void Encounters::check_after_meeting(Resident& resident) {
  if (resident.device.on()) scene_.oracles.check_device(resident);
}

/// One who may read everything. Null: nobody.
Resident* Encounters::reader_of_all() {
  const Register& records = scene_.residents.records();
  for (Resident* resident : scene_.residents.members()) {
    const User& user = *resident->user;
    if (user.scopes == records.scopes && user.labels == records.labels) return resident;
  }
  return nullptr;
}

/// Each meets each; where they are many, each meets the hub, or who else may read everything.
std::vector<std::pair<Resident*, Resident*>> Encounters::pairs() {
  static constexpr std::size_t kMany = 12;
  const auto members = scene_.residents.members();
  const Resident* const middle = members.size() > kMany ? reader_of_all() : nullptr;
  std::vector<std::pair<Resident*, Resident*>> pairs;
  for (Resident* one : members) {
    for (Resident* other : members) {
      const bool wanted = middle == nullptr || other == middle;
      if (one != other && wanted) pairs.emplace_back(one, other);
    }
  }
  return pairs;
}

/// On a good link. Says whether anything moved, or somebody lacked something.
bool Encounters::meet_well(Resident& one, Resident& other) {
  const std::string names = one.device.name() + " and " + other.device.name();
  bool done = false;
  bool in_sync = false;
  std::size_t bytes = 0;
  const auto before = std::pair(heads(one), heads(other));
  const Cost cost;
  one.device.call(other.device, Weather{}, [&](Result<peer::Report> result) {
    done = true;
    met(names, result);
    // A crowd of strangers who repeat what members said takes its places for a moment.
    if (!result && result.error().code() == ErrorCode::busy &&
        scene_.plan.faults.contains(Fault::strangers)) {
      return scene_.world.counts.add("sometimes: a meeting is put off by strangers");
    }
    if (!result) {
      return scene_.oracles.violation("a meeting on a good link fails: " +
                                      result.error().message());
    }
    // Logs with two histories are left out by both for good.
    in_sync = result->in_sync || !(result->refused.empty() && result->forked.empty());
    bytes = result->bytes_sent + result->bytes_received;
  });
  scene_.world.events.run_until(scene_.now() + minutes(5));
  if (!done) scene_.oracles.violation("a meeting on a good link doesn't end");
  if (cost.is_slow(1000, bytes)) {
    scene_.oracles.violation(names + " took " + std::to_string(cost.cpu_ms()) + " ms for " +
                             std::to_string(bytes) + " bytes");
  }
  return !in_sync || before != std::pair(heads(one), heads(other));
}

bool Encounters::everyone_meets() {
  bool moved = false;
  for (const auto& [one, other] : pairs()) {
    moved = meet_well(*one, *other) || moved;
    if (!scene_.oracles.violations().empty()) break;
  }
  return moved;
}

void Encounters::meet_until_quiet() {
  // One more than it takes to hand keys on to whom their makers hear of in the second.
  static constexpr int kRounds = 6;
  for (int round = 1; round <= kRounds; ++round) {
    if (!scene_.oracles.violations().empty()) return;
    if (!everyone_meets()) return;
  }
  scene_.oracles.violation("after " + std::to_string(kRounds) +
                           " rounds there is still something to say");
}

}  // namespace relais::simulator

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "property/model_history.h"
#include "support/every_read.h"

// Ops of every kind, at the limits: everything accepted can be stored, loaded and read.
namespace relais::document {
namespace {

std::vector<int> listed(model::Set set) {
  std::vector<int> out;
  for (int i = 0; i < model::kMostChanges; ++i) {
    if (model::has(set, i)) out.push_back(i);
  }
  return out;
}

/// Two replicas with a part each reach the same state by merging states as by applying changes.
bool merges(const ModelHistory& history, const model::Arrival& arrival) {
  if (arrival.order.empty()) return true;
  const model::Set one = history.closure(arrival.order.front());
  const model::Set other = history.closure(arrival.order.back());
  State merged = history.replay(listed(one));
  merged.merge(history.replay(listed(other)));
  State turned = history.replay(listed(other));
  turned.merge(history.replay(listed(one)));
  const Bytes canonical = history.replay(listed(one | other)).canonical();
  if (merged.canonical() != canonical || turned.canonical() != canonical) return false;
  // From their stored form.
  auto stored = State::decode(history.replay(listed(one)).canonical());
  const auto second = State::decode(history.replay(listed(other)).canonical());
  if (!stored || !second) return false;
  stored->merge(*second);
  return stored->canonical() == canonical;
}

/// Applies the rest to the stored form of a part.
bool goes_on(const ModelHistory& history, const std::vector<int>& order, const Bytes& canonical) {
  if (order.empty()) return true;
  const model::Set first = history.closure(order.front());
  auto stored = State::decode(history.replay(listed(first)).canonical());
  if (!stored) return false;
  return history.replay_on(std::move(*stored), first, order).canonical() == canonical;
}

std::string fault(const model::World& world, const model::Arrival& arrival, WideOps& wide,
                  int& refused) {
  const ModelHistory history(world.history(), arrival, &wide);
  refused += history.refused();
  const State state = history.replay(arrival.order);
  std::vector<int> sorted = arrival.order;
  std::sort(sorted.begin(), sorted.end());
  const Bytes canonical = state.canonical();
  if (history.replay(sorted).canonical() != canonical) return "another order gives another state";
  const std::string of_bytes = fault_of_bytes(state);
  if (!of_bytes.empty()) return of_bytes;
  if (!merges(history, arrival)) return "merged states differ from applied changes";
  if (!goes_on(history, arrival.order, canonical)) return "a stored state goes on otherwise";
  const std::string of_reads = fault_of_reads(state) + fault_of_reads(*State::decode(canonical));
  if (!of_reads.empty()) return of_reads;
  AuthorId writer;
  writer.bytes.fill(0x5a);
  return fault_of_edits(state, {writer, 1'000'000}, arrival.order.size() % 4, 4);
}

/// The same failure with as few ops and actions as possible.
struct Shrunk {
  model::Script script;
  std::set<int> without;
  std::string said;
  std::string history;
};

std::string try_script(const model::Script& script, std::uint64_t seed, Shrunk& shrunk) {
  const model::World world = model::play(script.setting, script.deeds);
  if (world.history().has_adoptions()) return {};
  model::Chance chance(~seed);
  const model::Arrival arrival = model::arrival_for(world, chance);
  WideOps wide(seed, shrunk.without);
  int refused = 0;
  const std::string said = fault(world, arrival, wide, refused);
  if (said.empty()) return {};
  WideOps again(seed, shrunk.without);
  shrunk.said = said;
  shrunk.history = ModelHistory(world.history(), arrival, &again).text() + "admitted " +
                   std::to_string(arrival.admitted) + " gone " + std::to_string(arrival.gone);
  return said;
}

/// Whether it is the same kind of failure.
bool is_same(const std::string& one, const std::string& other) {
  return one.substr(0, 12) == other.substr(0, 12) && one.empty() == other.empty();
}

std::string shrink(const model::Script& script, std::uint64_t seed, int ops) {
  Shrunk shrunk{script, {}, {}, {}};
  const std::string said = try_script(script, seed, shrunk);
  for (std::size_t i = shrunk.script.deeds.size(); i-- > 0;) {
    model::Script smaller = shrunk.script;
    smaller.deeds.erase(smaller.deeds.begin() + static_cast<std::ptrdiff_t>(i));
    if (is_same(try_script(smaller, seed, shrunk), said)) shrunk.script = std::move(smaller);
  }
  for (int i = ops; i-- > 0;) {
    shrunk.without.insert(i);
    if (!is_same(try_script(shrunk.script, seed, shrunk), said)) shrunk.without.erase(i);
  }
  try_script(shrunk.script, seed, shrunk);
  return shrunk.said + "\n" + shrunk.history;
}

TEST(WideHistory, WhateverIsAcceptedIsStoredAndReadTheSameInAnyOrder) {
  int refused = 0;
  const std::uint64_t count = histories_to_try(1000);
  const std::uint64_t first = first_seed();
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const model::Script script = model::script_for(seed);
    const model::World world = model::play(script.setting, script.deeds);
    if (world.history().has_adoptions()) continue;
    model::Chance chance(~seed);
    const model::Arrival arrival = model::arrival_for(world, chance);
    WideOps wide(seed);
    const std::string said = fault(world, arrival, wide, refused);
    ASSERT_TRUE(said.empty()) << "seed " << seed << ": " << shrink(script, seed, wide.count());
  }
  EXPECT_GT(refused, 100) << "nothing was past a limit";
}

}  // namespace
}  // namespace relais::document

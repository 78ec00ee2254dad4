#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "document/json.h"
#include "document/read.h"
#include "property/model_history.h"

// Ops of every kind, at the limits: whatever is accepted can be stored, read again and read by all.
namespace relais::document {
namespace {

constexpr std::uint64_t kScripts = 1500;

/// Every public read of a document; gives the paths that fail. A counter may be out of range.
std::string read_all(const State& state) {
  std::string failed;
  if (to_json({&state}).empty()) failed += "no JSON; ";
  (void)state.conflicts();
  (void)voided_fields(state);
  for (const auto& [path, kind] : live_fields(state)) {
    const auto field = read_field(state, path);
    const bool is_out_of_range = !field && field.error().code() == ErrorCode::limit_exceeded;
    if (!field && !is_out_of_range) failed += to_text(path, state) + " can't be read; ";
    (void)read_versions(state, path);
    const auto again = parse_path(to_text(path, state), state);
    if (!again || *again != path) failed += to_text(path, state) + " isn't found again; ";
  }
  return failed;
}

std::vector<int> listed(model::Set set) {
  std::vector<int> out;
  for (int i = 0; i < model::kMostChanges; ++i) {
    if (model::has(set, i)) out.push_back(i);
  }
  return out;
}

/// Two replicas with a part each come to the same by merging states as by applying changes.
bool merges(const ModelHistory& history, const model::Arrival& arrival) {
  if (arrival.order.empty()) return true;
  const model::Set one = history.closure(arrival.order.front());
  const model::Set other = history.closure(arrival.order.back());
  State merged = history.replay(listed(one));
  merged.merge(history.replay(listed(other)));
  State turned = history.replay(listed(other));
  turned.merge(history.replay(listed(one)));
  const Bytes canonical = history.replay(listed(one | other)).canonical();
  return merged.canonical() == canonical && turned.canonical() == canonical;
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
  if (!merges(history, arrival)) return "merged states differ from applied changes";
  const auto decoded = State::decode(canonical);
  if (!decoded) return "its bytes can't be read: " + decoded.error().message();
  if (decoded->canonical() != canonical) return "its bytes are others when they were read";
  if (to_json({&*decoded}) != to_json({&state})) return "it reads otherwise after decoding";
  return read_all(state) + read_all(*decoded);
}

/// The same fault with as few of the ops and of the deeds as it takes.
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

std::string shrink(const model::Script& script, std::uint64_t seed, int ops) {
  Shrunk shrunk{script, {}, {}, {}};
  const std::string said = try_script(script, seed, shrunk);
  for (std::size_t i = shrunk.script.deeds.size(); i-- > 0;) {
    model::Script smaller = shrunk.script;
    smaller.deeds.erase(smaller.deeds.begin() + static_cast<std::ptrdiff_t>(i));
    if (try_script(smaller, seed, shrunk) == said) shrunk.script = std::move(smaller);
  }
  for (int i = ops; i-- > 0;) {
    shrunk.without.insert(i);
    if (try_script(shrunk.script, seed, shrunk) != said) shrunk.without.erase(i);
  }
  try_script(shrunk.script, seed, shrunk);
  return shrunk.said + "\n" + shrunk.history;
}

TEST(WideHistory, WhateverIsAcceptedIsStoredAndReadTheSameInAnyOrder) {
  int refused = 0;
  for (std::uint64_t seed = 0; seed < kScripts; ++seed) {
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

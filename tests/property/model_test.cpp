#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "model/text.h"
#include "property/model_history.h"

namespace relais::document {
namespace {

/// What the engine says otherwise than the model; empty if nothing.
std::string difference(const model::World& world, const model::Arrival& arrival) {
  const ModelHistory history(world.history(), arrival);
  const State state = history.replay(arrival.order);
  Observed expected = history.expected();
  Observed observed = history.observe(state);
  // Resets say which totals were seen: of those lost since, the model knows nothing.
  if (arrival.gone != 0) expected.counters = observed.counters = {};
  if (observed != expected) {
    return "engine\n" + text_of(observed) + "model\n" + text_of(expected);
  }
  std::vector<int> sorted = arrival.order;
  std::sort(sorted.begin(), sorted.end());
  const Bytes canonical = state.canonical();
  if (history.replay(sorted).canonical() != canonical) return "another order gives another state";
  const auto decoded = State::decode(canonical);
  if (!decoded) return "its bytes can't be read: " + decoded.error().message();
  if (decoded->canonical() != canonical) return "its bytes are others when they were read";
  Observed again = history.observe(*decoded);
  if (arrival.gone != 0) again.counters = {};
  return again == observed ? "" : "decoded\n" + text_of(again) + "before\n" + text_of(observed);
}

std::string text_of(const model::World& world, const model::Arrival& arrival) {
  std::string text = model::text_of(world.history()) + "admitted " +
                     std::to_string(arrival.admitted) + " gone " + std::to_string(arrival.gone) +
                     " order";
  for (const int number : arrival.order) text += " " + std::to_string(number);
  return text + "\n";
}

/// RELAIS_MODEL_SCRIPTS=100000 compares more of them; RELAIS_MODEL_SEED, others.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::stoull(value) : otherwise;
}

TEST(ModelHistory, IsReadByTheEngineAsByTheModel) {
  const std::uint64_t count = from_environment("RELAIS_MODEL_SCRIPTS", 3000);
  const std::uint64_t first = from_environment("RELAIS_MODEL_SEED", 1) * 1'000'000'000;
  std::uint64_t compared = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const model::Script script = model::script_for(seed);
    const model::World world = model::play(script.setting, script.deeds);
    if (world.history().has_adoptions()) continue;
    ++compared;
    model::Chance chance(~seed);
    for (int i = 0; i < 3; ++i) {
      const model::Arrival arrival = model::arrival_for(world, chance);
      const std::string said = difference(world, arrival);
      ASSERT_TRUE(said.empty()) << "seed " << seed << "\n" << text_of(world, arrival) << said;
    }
  }
  EXPECT_GT(compared, count / 2);
}

}  // namespace
}  // namespace relais::document

#include <gtest/gtest.h>

#include <string>

#include "model/text.h"
#include "property/model_history.h"

namespace relais::document {
namespace {

std::string text_of(const model::World& world, const model::Arrival& arrival) {
  std::string text = model::text_of(world.history()) + "admitted " +
                     std::to_string(arrival.admitted) + " gone " + std::to_string(arrival.gone) +
                     " order";
  for (const int number : arrival.order) text += " " + std::to_string(number);
  return text + "\n";
}

TEST(ModelHistory, IsReadByTheEngineAsByTheModel) {
  const std::uint64_t count = histories_to_try(3000);
  const std::uint64_t first = first_seed();
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

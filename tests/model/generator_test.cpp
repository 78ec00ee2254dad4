#include "model/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "model/text.h"

namespace relais::model {
namespace {

constexpr std::uint64_t kScripts = 3000;

/// Notes what a replica receives in one order of one history.
void note(const World& world, const Arrival& arrival, std::map<std::string, int>& met) {
  const History& history = world.history();
  for (const Change& change : history.changes()) {
    met["a context that isn't whole"] += change.is_whole ? 0 : 1;
    met["a whole context of four others"] += change.is_whole && change.entries.size() == 4;
    met["a floor or an exception"] += change.holes.empty() ? 0 : 1;
    met["a listed content"] += change.listed != 0;
    met["an import"] += change.carry.what == Carries::an_import;
    met["an adoption"] += change.carry.what == Carries::an_adoption;
    for (const Op& op : change.ops) met["op " + std::to_string(static_cast<int>(op.verb))] += 1;
  }
  const State state = evaluate(history, arrival.admitted, arrival.gone);
  const auto shown = [](const Item& item) { return item.is_shown; };
  const auto hidden = [](const Item& item) { return item.is_live && !item.is_shown; };
  met["something shown"] += std::any_of(state.items.begin(), state.items.end(), shown);
  met["something hidden"] += std::any_of(state.items.begin(), state.items.end(), hidden);
  for (const Mark& mark : state.marks) {
    met["a contested mark"] += mark.is_contested;
    met["a mark"] += mark.stands && !mark.is_contested;
    met["a withdrawn mark"] += !mark.stands && !mark.is_contested;
  }
  met["a loss"] += arrival.gone != 0;
  met["a cut-off"] += arrival.admitted != history.all();
  met["a change twice"] += arrival.order.size() > static_cast<std::size_t>(history.size());
}

TEST(ModelGenerator, MakesEverythingThatTheRulesSpeakOf) {
  std::map<std::string, int> met;
  for (std::uint64_t seed = 0; seed < kScripts; ++seed) {
    const Script script = script_for(seed);
    Chance chance(~seed);
    const World world = play(script.setting, script.deeds);
    note(world, arrival_for(world, chance), met);
  }
  for (int verb = 0; verb <= static_cast<int>(Verb::nothing); ++verb) {
    EXPECT_GT(met["op " + std::to_string(verb)], 20) << verb;
  }
  for (const auto& [what, count] : met) EXPECT_GT(count, 20) << what;
}

TEST(ModelGenerator, GivesTheSameHistoryForASeed) {
  const auto history = [](std::uint64_t seed) {
    const Script script = script_for(seed);
    return text_of(play(script.setting, script.deeds).history());
  };
  EXPECT_EQ(history(7), history(7));
  EXPECT_NE(history(7), history(8));
}

}  // namespace
}  // namespace relais::model

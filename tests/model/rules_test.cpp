#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/scripts.h"

// For each rule the smallest known history that goes wrong without it.
namespace relais::model {
namespace {

using ::testing::ElementsAre;

using ::testing::IsEmpty;

const Path kRoot, kMap = path_of("m"), kZ = path_of("mz");

Setting three_authors() { return {}; }
Setting listing(int authors = 3) { return {authors, 0, true, {}}; }

/// The state without these places: not admitted, or gone.
State read(const World& world, const std::vector<Place>& gone = {}) {
  Set lost = 0;
  for (const Place& place : gone) lost |= bit(world.history().at(place));
  return evaluate(world.history(), world.admitted(), lost);
}

State read(const std::vector<Deed>& deeds, const Setting& setting = three_authors()) {
  return read(play(setting, deeds));
}

int contested(const State& state) {
  int count = 0;
  for (const Mark& mark : state.marks) count += mark.is_contested ? 1 : 0;
  return count;
}

bool covers(const World& world, const Place& later, const Place& earlier) {
  const State state = read(world);
  return state.sees({world.history().at(later), 0}, {world.history().at(earlier), 0});
}

TEST(ModelRules, AnItemUnderAContestedMarkContestsOtherMarks) {
  const State state = read({acts(0, {}, Wish::count), acts(1, {0}, Wish::make_void, kRoot),
                            acts(2, {}, Wish::over, kMap)});
  EXPECT_EQ(contested(state), 2);
  EXPECT_THAT(shown(state), ElementsAre("l/y=y0", "m/c=2", "m/s=s0", "m/v/=e0", "m/x=x0", "m=v3"));
}

TEST(ModelRules, ALaterDeletionReplacesNoMark) {
  const std::vector<Deed> deleted = {acts(2, {}, Wish::over, kMap)};
  auto contested_above = deleted;
  contested_above.push_back(acts(0, {2}, Wish::add, {}, "s1"));
  contested_above.push_back(acts(1, {2}, Wish::make_void, kRoot));
  EXPECT_THAT(shown(read(contested_above)), ElementsAre("l/y=y0", "m/s=s1", "m=v1"));
}

TEST(ModelRules, RestoreBringsNothingBackThatHadBeenDeletedBefore) {
  EXPECT_THAT(shown(read({acts(2, {}, Wish::over, kMap), acts(1, {2}, Wish::del, kRoot),
                          acts(1, {}, Wish::restore, kRoot)})),
              ElementsAre("l/y=y0", "m=v1"));
}

TEST(ModelRules, ANewStartLeavesTheMarkAndWhatItCovered) {
  const State state = read(
      {acts(2, {}, Wish::set, kZ), acts(0, {}, Wish::del, kMap), acts(0, {}, Wish::anew, kMap)});
  EXPECT_EQ(contested(state), 1) << "by the field that the deleter had not seen";
  EXPECT_THAT(shown(state),
              ElementsAre("l/y=y0", "m/c=1", "m/s=s0", "m/v/=e0", "m/x=n3", "m/z=z1", "m={}"));
}

TEST(ModelRules, ARestoresSignIsNoContent) {
  const std::vector<std::string> before = shown(read(std::vector<Deed>{}));
  const State state = read({acts(1, {}, Wish::del, kMap), acts(1, {}, Wish::restore, kMap)});
  EXPECT_EQ(shown(state), before);
}

TEST(ModelRules, AKeepContestsOnlyTheMarksItLists) {
  World world = play(three_authors(),
                     {acts(1, {}, Wish::del, kRoot), acts(2, {}, Wish::make_void, kRoot),
                      acts(0, {}, Wish::add, {}, "s1"), acts(1, {0}, Wish::clear, kX), cuts(0, 1)});
  const State state = read(world);
  EXPECT_EQ(contested(state), 1);
  EXPECT_THAT(shown(state), IsEmpty());
}

TEST(ModelRules, AnEntryToAnErasedChangeCoversItsLogBeforeIt) {
  const World world =
      play(three_authors(), {acts(2, {}, Wish::make_void, kRoot), acts(2, {}, Wish::count),
                             acts(2, {}, Wish::over, kMap)});
  EXPECT_THAT(shown(read(world, {{2, 2}})), ElementsAre("m=v3"));
}

TEST(ModelRules, AnEntryBeyondACutOffCoversTheLogUpToIt) {
  EXPECT_THAT(
      shown(read({acts(0, {}, Wish::count), acts(1, {0}, Wish::make_void, kRoot), cuts(0, 1)})),
      IsEmpty());
}

TEST(ModelRules, AnExceptionBindsTheWholeContext) {
  Setting setting = three_authors();
  setting.unreadable[2] = {{0, 2}};
  const World world = play(setting, {acts(0, {}, Wish::add, {}, "s1"), acts(0, {}, Wish::del, kMap),
                                     acts(2, {0}, Wish::restore, kMap)});
  EXPECT_TRUE(covers(world, {2, 1}, {0, 3}));
  EXPECT_FALSE(covers(world, {2, 1}, {0, 2})) << "though its ops name a change that saw it";
}

TEST(ModelRules, AWriterListsSuchChangesAsTogetherCoverWhatItSaw) {
  Setting setting = listing(4);
  setting.unreadable[3] = {{0, 2}};
  const World world = play(setting, {acts(0, {}, Wish::edit), acts(0, {}, Wish::move),
                                     acts(3, {0}, Wish::insert), acts(2, {3}, Wish::clear, kX)});
  EXPECT_TRUE(covers(world, {2, 1}, {0, 2})) << "the author of the last change could not read it";
}

TEST(ModelRules, WhatAnOpNamesCountsAsAnEntry) {
  const World world = play(listing(4), {acts(2, {}, Wish::set, kX), acts(2, {}, Wish::edit),
                                        acts(3, {2}, Wish::set, kY)});
  EXPECT_THAT(shown(read(world, {{2, 1}})),
              ElementsAre("l/y=y3", "m/c=1", "m/s=s0", "m/v/0.4/t=t2", "m/v/=e0", "m/x=x0"));
}

TEST(ModelRules, AChangeWithAMarkIsWhole) {
  const std::vector<Deed> deeds = {acts(1, {}, Wish::edit), acts(2, {1}, Wish::make_void, kRoot),
                                   cuts(1, 0)};
  EXPECT_THAT(shown(read(deeds, listing())), IsEmpty());
}

TEST(ModelRules, ACounterReadsWhatNoMarkCovers) {
  EXPECT_THAT(shown(read({acts(1, {}, Wish::del, kRoot), acts(0, {1}, Wish::count)})),
              ElementsAre("m/c=1"));
}

TEST(ModelRules, AWriteBelowAMarkListsTheMarksChange) {
  const World world =
      play(listing(), {acts(1, {}, Wish::del, kMap), acts(2, {1}, Wish::make_void, kRoot),
                       acts(2, {}, Wish::add, {}, "s0")});
  EXPECT_THAT(shown(read(world, {{2, 1}})), ElementsAre("l/y=y0", "m/s=s0"));
}

TEST(ModelRules, WhoSeesAContestedMarkKeepsItContested) {
  const std::vector<Deed> deeds = {acts(1, {}, Wish::del, kMap), acts(0, {}, Wish::add, {}, "s0"),
                                   acts(1, {0}, Wish::edit), cuts(0, 1)};
  EXPECT_THAT(shown(read(deeds)),
              ElementsAre("l/y=y0", "m/c=1", "m/s=s0", "m/v/0.4/t=t3", "m/v/=e0", "m/x=x0"));
}

TEST(ModelRules, AnAuthorKeepsAMarkOnce) {
  const World world =
      play(three_authors(), {acts(1, {}, Wish::del, kMap), acts(0, {}, Wish::add, {}, "s0"),
                             acts(1, {0}, Wish::edit), acts(1, {}, Wish::set, kX)});
  int keeps = 0;
  for (const Change& change : world.history().changes()) {
    for (const Op& op : change.ops) keeps += op.verb == Verb::keep ? 1 : 0;
  }
  EXPECT_EQ(keeps, 1);
}

TEST(ModelRules, WhoWritesInWhatAnotherRestoredWithdrawsTheMarkToo) {
  EXPECT_THAT(shown(read({acts(0, {}, Wish::make_void, kRoot), acts(2, {0}, Wish::restore, kRoot),
                          acts(1, {0, 2}, Wish::over, kMap), cuts(2, 0)})),
              ElementsAre("l/y=y0", "m=v3"));
}

}  // namespace
}  // namespace relais::model

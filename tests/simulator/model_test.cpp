#include "simulator/model.h"

#include <gtest/gtest.h>

namespace relais::simulator {
namespace {

const Field kField{{"", "cases", "1"}, "medical/status"};

ActPtr act(Fate fate = Fate::certain) { return std::make_shared<Act>(Act{fate}); }

/// What the model says of a reading; empty if it is as it must be.
std::string fault(const Model& model, const Reading& reading) {
  std::string found;
  model.check([](const Field&) { return true; }, [&](const Field&) { return reading; },
              [&](const std::string& what) { found = what; });
  return found;
}

TEST(Model, EveryWriteThatNothingHasSeenIsVisible) {
  Model model;
  model.set(kField, act(), "a", {});
  model.set(kField, act(), "b", {"a"});
  model.set(kField, act(), "c", {"a"});
  EXPECT_EQ(fault(model, {{"b", "c"}, {}, 0}), "");
  EXPECT_NE(fault(model, {{"b"}, {}, 0}), "") << "c is lost";
  EXPECT_NE(fault(model, {{"a", "b", "c"}, {}, 0}), "") << "a was overwritten";
  EXPECT_NE(fault(model, {{"b", "c", "x"}, {}, 0}), "") << "nobody wrote x";
}

TEST(Model, AWriteThatMayHaveFailedCountsOnlyIfItIsSeen) {
  Model model;
  model.set(kField, act(), "a", {});
  model.set(kField, act(Fate::maybe), "b", {"a"});
  EXPECT_EQ(fault(model, {{"a"}, {}, 0}), "");
  EXPECT_EQ(fault(model, {{"b"}, {}, 0}), "");
  EXPECT_NE(fault(model, {{"a", "b"}, {}, 0}), "") << "b had seen a";
  model.set(kField, act(), "c", {"b"});
  EXPECT_EQ(fault(model, {{"c"}, {}, 0}), "") << "c saw b, so b took place, so a is gone";
  EXPECT_NE(fault(model, {{"a", "c"}, {}, 0}), "");
}

TEST(Model, AnErasureThatMayHaveFailedMayHaveTakenAllItSaw) {
  Model model;
  model.set(kField, act(), "a", {});
  model.set(kField, act(Fate::maybe), "b", {"a"});
  model.erase(kField, act(Fate::maybe), {"b"});
  EXPECT_EQ(fault(model, {{}, {}, 0}), "");
  EXPECT_EQ(fault(model, {{"a"}, {}, 0}), "");
}

TEST(Model, AnElementIsSeenOnceInItsOrderUntilItIsRemoved) {
  Model model;
  model.add(kField, act(), "a", "");
  model.add(kField, act(), "b", "a");
  EXPECT_EQ(fault(model, {{}, {"a", "b"}, 0}), "");
  EXPECT_NE(fault(model, {{}, {"b", "a"}, 0}), "") << "b was put behind a";
  EXPECT_NE(fault(model, {{}, {"a", "b", "b"}, 0}), "");
  EXPECT_NE(fault(model, {{}, {"a"}, 0}), "");
  model.remove(kField, act(), "a");
  EXPECT_EQ(fault(model, {{}, {"b"}, 0}), "");
  EXPECT_NE(fault(model, {{}, {"a", "b"}, 0}), "") << "a comes back";
}

TEST(Model, ACounterIsASumOfWhatWasCounted) {
  Model model;
  model.count(kField, act(), 5);
  model.count(kField, act(Fate::maybe), 2);
  EXPECT_EQ(fault(model, {{}, {}, 5}), "");
  EXPECT_EQ(fault(model, {{}, {}, 7}), "");
  EXPECT_NE(fault(model, {{}, {}, 2}), "");
}

}  // namespace
}  // namespace relais::simulator

#include "simulator/model.h"

#include <gtest/gtest.h>

#include "simulator/undoing.h"

namespace relais::simulator {
namespace {

const Field kField{{"", "cases", "1"}, "medical/status"};

ActPtr act(Certainty certainty = Certainty::certain) {
  return std::make_shared<Act>(Act{certainty});
}

/// A value is named by its token, and by its author where a token is written twice.
Sibling value(const std::string& token, const std::string& written = "") {
  return {token, written.empty() ? "by " + token : written, 0};
}

Reading of_values(const std::vector<std::string>& tokens) {
  Reading reading;
  for (const std::string& token : tokens) reading.values.push_back(value(token));
  return reading;
}

Reading of_elements(const std::vector<std::string>& elements) {
  Reading reading;
  reading.elements = elements;
  return reading;
}

Reading of_count(std::int64_t count) {
  Reading reading;
  reading.count = count;
  return reading;
}

Reading void_for(const std::vector<std::string>& reasons) {
  Reading reading;
  reading.voids = reasons;
  return reading;
}

void set(Model& model, const ActPtr& act, const Sibling& written, const Reading& saw) {
  model.write(kField, {act, written, "", saw.values, saw});
}

void set(Model& model, const ActPtr& by, const std::string& token,
         const std::vector<std::string>& saw) {
  // The name of a write that may have failed is unknown.
  const std::string written = by->certainty == Certainty::certain ? "by " + token : "";
  set(model, by, {token, written, 0}, of_values(saw));
}

void erase(Model& model, const ActPtr& act, const Reading& saw, const std::string& reason = "") {
  model.write(kField, {act, {}, reason, saw.values, saw});
}

/// The model's complaint about a reading; empty if none.
std::string fault(const Model& model, const Reading& reading) {
  std::string found;
  model.check([](const Field&) { return true; }, [&](const Field&) { return reading; },
              [&](const std::string& what) { found = what; });
  return found;
}

TEST(Model, EveryWriteThatNothingHasSeenIsVisible) {
  Model model;
  set(model, act(), "a", {});
  set(model, act(), "b", {"a"});
  set(model, act(), "c", {"a"});
  EXPECT_EQ(fault(model, of_values({"b", "c"})), "");
  EXPECT_NE(fault(model, of_values({"b"})), "") << "c is lost";
  EXPECT_NE(fault(model, of_values({"a", "b", "c"})), "") << "a was overwritten";
  EXPECT_NE(fault(model, of_values({"b", "c", "x"})), "") << "nobody wrote x";
}

TEST(Model, AValueThatTwoChoseWhileApartMayStandTwice) {
  Model model;
  set(model, act(), "a", {});
  set(model, act(), "b", {});
  const Sibling mine = value("a", "me.2");
  set(model, act(), mine, of_values({"a", "b"}));
  EXPECT_FALSE(model.may_have_twin(kField, mine)) << "it has replaced the first";
  set(model, act(), value("a", "you.2"), of_values({"a", "b"}));
  EXPECT_TRUE(model.may_have_twin(kField, mine));
  Reading both;
  both.values = {mine, value("a", "you.2")};
  const Sibling again = value("a", "me.3");
  set(model, act(), again, both);
  EXPECT_FALSE(model.may_have_twin(kField, again)) << "it has replaced both";
}

TEST(Model, WhatOneDeletedAndAnotherDeletedOrReplacedMayStayGoneWhenTheFirstTakesThatBack) {
  const Sibling written = value("a", "me.1");
  Reading one;
  one.values = {written};
  for (const bool replaces : {false, true}) {
    Model model;
    set(model, act(), written, {});
    erase(model, act(), one);
    EXPECT_FALSE(model.may_stay_gone(kField, {written}, {}));
    replaces ? set(model, act(), value("b", "you.1"), one) : erase(model, act(), one);
    EXPECT_TRUE(model.may_stay_gone(kField, {written}, {}));
  }
}

TEST(Model, WhatAVoidHidesMayStayGoneOnceSomebodyWroteOverTheVoid) {
  Model model;
  const Sibling written = value("a", "me.1");
  set(model, act(), written, {});
  Reading one;
  one.values = {written};
  erase(model, act(), one, "why");
  EXPECT_FALSE(model.may_stay_gone(kField, {written}, {"why"}));
  set(model, act(), value("b", "you.1"), void_for({"why"}));
  EXPECT_TRUE(model.may_stay_gone(kField, {written}, {"why"}));
  EXPECT_FALSE(model.may_stay_gone(kField, {written}, {"another"}));
}

TEST(Model, WhatCameBackMayStandAgainstADeletionThatHadNotSeenThat) {
  Reading one;
  one.values = {value("a", "me.1")};
  for (const bool restores : {false, true}) {
    Model model;
    set(model, act(), one.values[0], {});
    erase(model, act(), one, "why");
    model.write(kField, {act(), one.values[0], "", {}, void_for({"why"}), restores});
    erase(model, act(), one, "once more");
    EXPECT_EQ(fault(model, void_for({"once more"})), "");
    EXPECT_EQ(fault(model, one).empty(), restores);
  }
  Model model;
  set(model, act(), one.values[0], {});
  model.write(kField, {act(), one.values[0], "", {}, void_for({"why"}), true});
  set(model, act(), value("b", "you.1"), one);
  EXPECT_NE(fault(model, one), "") << "no restoration stands against a value";
}

TEST(Model, AWriteThatMayHaveFailedCountsOnlyIfItIsSeen) {
  Model model;
  set(model, act(), "a", {});
  set(model, act(Certainty::maybe), "b", {"a"});
  EXPECT_EQ(fault(model, of_values({"a"})), "");
  EXPECT_EQ(fault(model, of_values({"b"})), "");
  EXPECT_NE(fault(model, of_values({"a", "b"})), "") << "b had seen a";
  set(model, act(), "c", {"b"});
  EXPECT_EQ(fault(model, of_values({"c"})), "") << "c saw b, so b took place, so a is gone";
  EXPECT_NE(fault(model, of_values({"a", "c"})), "");
}

TEST(Model, AnErasureThatMayHaveFailedMayHaveTakenAllItSaw) {
  Model model;
  set(model, act(), "a", {});
  set(model, act(Certainty::maybe), "b", {"a"});
  erase(model, act(Certainty::maybe), of_values({"b"}));
  EXPECT_EQ(fault(model, {}), "");
  EXPECT_EQ(fault(model, of_values({"a"})), "");
}

TEST(Model, AValueThatWasChosenAgainOutlivesWhoSawOnlyTheFirst) {
  Model model;
  set(model, act(), "a", {});
  set(model, act(), "b", {});
  set(model, act(), "c", {"a"});
  Reading chosen;
  chosen.values = {value("a", "again")};
  set(model, act(), value("a", "again"), of_values({"a", "b"}));
  Reading both = chosen;
  both.values.push_back(value("c"));
  EXPECT_EQ(fault(model, both), "");
  EXPECT_NE(fault(model, of_values({"c"})), "") << "c had seen the first a only";
  EXPECT_NE(fault(model, of_values({"a", "c"})), "") << "the first a was overwritten";
  set(model, act(), value("d"), both);
  EXPECT_EQ(fault(model, of_values({"d"})), "");
  EXPECT_NE(fault(model, chosen), "") << "d had seen the second a";
}

TEST(Model, WhatIsShownMayComeFromARestorationThatMayHaveFailed) {
  for (const bool restores : {false, true}) {
    Model model;
    set(model, act(), "a", {});
    erase(model, act(), of_values({"a"}), "why");
    const Sibling again{"a", "", 0};
    model.write(kField, {act(Certainty::maybe), again, "", {}, void_for({"why"}), restores});
    EXPECT_EQ(fault(model, of_values({"a"})).empty(), restores);
    EXPECT_EQ(fault(model, void_for({"why"})), "");
  }
}

TEST(Model, TheHighestRankIsShownAndEachAsItWasGiven) {
  Model model;
  set(model, act(), {"low", "by low", 1}, {});
  set(model, act(), {"high", "by high", 2}, {});
  Reading reading;
  reading.values = {{"high", "by high", 2}, {"low", "by low", 1}};
  EXPECT_EQ(fault(model, reading), "");
  std::swap(reading.values[0], reading.values[1]);
  EXPECT_NE(fault(model, reading), "") << "the lower one is shown";
  reading.values = {{"high", "by high", 3}, {"low", "by low", 1}};
  EXPECT_NE(fault(model, reading), "") << "nobody gave that rank";
}

TEST(Model, AReasonIsReadWhereNothingStandsOverIt) {
  Model model;
  set(model, act(), "a", {});
  erase(model, act(), of_values({"a"}), "why");
  EXPECT_EQ(fault(model, void_for({"why"})), "");
  EXPECT_NE(fault(model, {}), "") << "the reason is lost";
  EXPECT_NE(fault(model, void_for({"why", "x"})), "") << "nobody gave x";
  set(model, act(), "b", {"a"});
  EXPECT_EQ(fault(model, of_values({"b"})), "") << "b survives, and nothing is void";
  set(model, act(), value("c"), void_for({"why"}));
  erase(model, act(), of_values({"b", "c"}));
  EXPECT_EQ(fault(model, {}), "");
  EXPECT_EQ(fault(model, void_for({"why"})), "") << "the deletion stands beneath";
}

TEST(Model, AReasonMayHaveStoodBehindWhatWasErased) {
  Model model;
  set(model, act(), "a", {});
  erase(model, act(), of_values({"a"}), "why");
  set(model, act(), "b", {"a"});
  erase(model, act(), of_values({"b"}));
  EXPECT_EQ(fault(model, {}), "") << "who erased b knew of it";
  EXPECT_EQ(fault(model, void_for({"why"})), "") << "or didn't";
}

TEST(Model, AnElementIsSeenOnceInItsOrderUntilItIsRemoved) {
  Model model;
  model.add(kField, act(), "a", "");
  model.add(kField, act(), "b", "a");
  EXPECT_EQ(fault(model, of_elements({"a", "b"})), "");
  EXPECT_NE(fault(model, of_elements({"b", "a"})), "") << "b was put behind a";
  EXPECT_NE(fault(model, of_elements({"a", "b", "b"})), "");
  EXPECT_NE(fault(model, of_elements({"a"})), "");
  model.remove(kField, act(), "a");
  EXPECT_EQ(fault(model, of_elements({"b"})), "");
  EXPECT_NE(fault(model, of_elements({"a", "b"})), "") << "a comes back";
}

TEST(Model, AnElementStandsWhereItWasMovedUnlessTwoMovedIt) {
  Model model;
  model.add(kField, act(), "a", "");
  model.add(kField, act(), "b", "a");
  model.add(kField, act(), "c", "b");
  model.move(kField, act(), "a", "c");
  EXPECT_EQ(fault(model, of_elements({"b", "c", "a"})), "");
  EXPECT_NE(fault(model, of_elements({"a", "b", "c"})), "") << "it was moved behind c";
  EXPECT_NE(fault(model, of_elements({"a", "b", "c", "a"})), "") << "it is in both places";
  model.move(kField, act(), "a", "b");
  EXPECT_EQ(fault(model, of_elements({"b", "a", "c"})), "");
  EXPECT_EQ(fault(model, of_elements({"b", "c", "a"})), "");
  EXPECT_NE(fault(model, of_elements({"a", "c", "b"})), "") << "c was put behind b";
}

TEST(Model, WhatWasRestoredIsThereUnlessItWasRemovedSince) {
  Model model;
  model.add(kField, act(), "a", "");
  model.remove(kField, act(), "a");
  model.restore(kField, act(), "a");
  EXPECT_EQ(fault(model, of_elements({"a"})), "");
  EXPECT_NE(fault(model, {}), "") << "it was restored";
  EXPECT_NE(fault(model, of_elements({"a", "a"})), "");
  Reading text = of_elements({"a", "a"});
  text.kind = FieldKind::text;
  EXPECT_EQ(fault(model, text), "") << "what was restored in a text is another word";
  text.elements.emplace_back("a");
  EXPECT_NE(fault(model, text), "");
  model.remove(kField, act(), "a");
  EXPECT_EQ(fault(model, {}), "");
  EXPECT_EQ(fault(model, of_elements({"a"})), "") << "who removed it may have seen the first only";
}

TEST(Model, ACounterIsASumOfWhatWasCounted) {
  Model model;
  model.count(kField, act(), 5);
  model.count(kField, act(Certainty::maybe), 2);
  EXPECT_EQ(fault(model, of_count(5)), "");
  EXPECT_EQ(fault(model, of_count(7)), "");
  EXPECT_NE(fault(model, of_count(2)), "");
}

std::vector<std::string> tokens(const std::vector<Sibling>& values) {
  std::vector<std::string> found;
  for (const Sibling& each : values) found.push_back(each.token);
  return found;
}

TEST(Undoing, BringsBackWhatWasReplacedAndLeavesWhatOthersWrote) {
  const Deed deed{kField, of_values({"a", "b"}), of_values({"mine"}), ""};
  const auto at_once = foresee_undo(deed, deed.after);
  ASSERT_TRUE(at_once);
  EXPECT_TRUE(at_once->exact);
  EXPECT_EQ(at_once->result, deed.before);
  const auto later = foresee_undo(deed, of_values({"mine", "theirs"}));
  ASSERT_TRUE(later);
  EXPECT_FALSE(later->exact);
  EXPECT_EQ(tokens(later->mine), std::vector<std::string>{"mine"});
  EXPECT_EQ(tokens(later->result.values), (std::vector<std::string>{"theirs", "a", "b"}));
}

TEST(Undoing, LeavesAWriteThatWasOverwritten) {
  const Deed deed{kField, of_values({"a"}), of_values({"mine"}), ""};
  const auto undoing = foresee_undo(deed, of_values({"theirs"}));
  ASSERT_TRUE(undoing);
  EXPECT_FALSE(undoing->changes_something());
  EXPECT_EQ(tokens(undoing->result.values), std::vector<std::string>{"theirs"});
}

TEST(Undoing, CannotBeForeseenWhereOthersWroteTheSameOrWhereItDeleted) {
  const Deed wrote{kField, of_values({"a"}), of_values({"mine"}), ""};
  Reading chosen;
  chosen.values = {value("mine", "chosen by another")};
  EXPECT_FALSE(foresee_undo(wrote, chosen));
  const Deed deleted{kField, of_values({"a"}), {}, ""};
  EXPECT_TRUE(foresee_undo(deleted, {}));
  EXPECT_FALSE(foresee_undo(deleted, of_values({"theirs"})));
}

TEST(Undoing, TakesElementsOutAndPutsThemBack) {
  const Deed added{kField, of_elements({"a"}), of_elements({"a", "mine"}), ""};
  const auto out = foresee_undo(added, of_elements({"mine", "theirs"}));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->result.elements, std::vector<std::string>{"theirs"});
  const Deed removed{kField, of_elements({"a", "b"}), of_elements({"b"}), ""};
  const auto back = foresee_undo(removed, of_elements({"b", "theirs"}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->result.elements, (std::vector<std::string>{"b", "theirs", "a"}));
  const auto already = foresee_undo(removed, of_elements({"a", "b"}));
  ASSERT_TRUE(already);
  EXPECT_EQ(already->result.elements, (std::vector<std::string>{"a", "b"}));
}

TEST(Undoing, SubtractsWhatWasCounted) {
  const auto undoing = foresee_undo({kField, of_count(3), of_count(5), ""}, of_count(9));
  ASSERT_TRUE(undoing);
  EXPECT_EQ(undoing->result.count, 7);
}

}  // namespace
}  // namespace relais::simulator

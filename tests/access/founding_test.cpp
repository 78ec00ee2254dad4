#include "access/founding.h"

#include <gtest/gtest.h>

#include "access/small_space.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

const FoundingPlan kPlan = {{{"", "medical"}, {"north", "legal"}},
                            {{"", "", "medical"}, {"cases", "legal", "legal"}}};

struct FoundingOf : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();

  Result<std::vector<wire::ControlRecord>> plan(const FoundingPlan& from) {
    return owner_founding_records(space.random, from, space.membership(), {});
  }
  std::string message_of(const FoundingPlan& from) {
    const auto records = plan(from);
    return records ? "" : records.error().message();
  }
};

TEST_F(FoundingOf, TheFirstRecordNamesTheSpace) {
  EXPECT_EQ(space.founding.space, space_id(space.founding.first_record));
  EXPECT_EQ(wire::encode(space.founding.root_records[0]), space.founding.first_record);
  EXPECT_EQ(*root_key_of(space.founding.first_record, space.founding.space),
            space.founding.root.public_key);
}

TEST_F(FoundingOf, TwoSpacesOfTheSameOwnerAreTwo) {
  const Founding one = found_space(space.random, owner.keys);
  const Founding two = found_space(space.random, owner.keys);
  EXPECT_NE(one.space, two.space);
}

TEST_F(FoundingOf, TheOwnersRecordsMakeWhatThePlanSays) {
  space.write_all(owner, plan(kPlan).value());
  const Membership membership = space.membership();
  EXPECT_EQ(membership.compartments().size(), 2U);
  EXPECT_EQ(membership.labels("cases", "legal")->open, std::vector<std::string>{"legal"});
  EXPECT_EQ(membership.labels("cases", "notes")->open, std::vector<std::string>{"medical"});
  EXPECT_EQ(membership.tally().ignored, 0U);
}

TEST_F(FoundingOf, TheOwnerHoldsAKeyForEachCompartmentAndTheMesh) {
  space.write_all(owner, plan(kPlan).value());
  const Membership membership = space.membership();
  const Keyring keyring = Keyring::open(membership, owner.id(), owner.keys.receiving);
  EXPECT_EQ(keyring.size(), 3U);
  EXPECT_EQ(keyring.mesh_keys(membership).current.size(), 1U);
  for (const Compartment& compartment : membership.compartments()) {
    EXPECT_NE(keyring.current(membership, compartment.id), nullptr);
  }
}

TEST_F(FoundingOf, APlansCompartmentTwiceIsOne) {
  const auto once = plan({{{"", "medical"}}, {}});
  const auto twice = plan({{{"", "medical"}, {"", "medical"}}, {}});
  EXPECT_EQ(once->size(), twice->size());
}

TEST_F(FoundingOf, APlansCompartmentsEndAtTheirLimitEachCountedOnce) {
  FoundingPlan plan;
  for (std::size_t i = 0; i < limits::kCompartmentsPerAuthor; ++i) {
    plan.compartments.push_back({std::to_string(i), "medical"});
  }
  plan.compartments.push_back({"0", "medical"});
  EXPECT_TRUE(check_plan(plan));
  plan.compartments.push_back({"0", "legal"});
  const Status beyond = check_plan(plan);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(beyond.error().message(), "A space is founded with at most 1024 compartments.");
}

TEST_F(FoundingOf, APlansSectionsEndAtTheirLimit) {
  FoundingPlan plan;
  for (std::size_t i = 0; i < limits::kSectionsPerAuthor; ++i) {
    plan.sections.push_back({"cases", std::to_string(i), "medical"});
  }
  EXPECT_TRUE(check_plan(plan));
  plan.sections.push_back({"cases", "one more", "medical"});
  const Status beyond = check_plan(plan);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(beyond.error().message(), "A space is founded with at most 4096 rules for sections.");
}

TEST_F(FoundingOf, APlanWithTwoRulesForOneSectionIsRefused) {
  FoundingPlan plan;
  plan.sections = {{"cases", "legal", "legal"}, {"cases", "medical", "legal"}};
  EXPECT_TRUE(check_plan(plan));
  plan.sections.push_back({"cases", "legal", "medical"});
  const Status twice = check_plan(plan);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(twice.error().message(), "A section has two rules: give it one.");
}

TEST_F(FoundingOf, APlansNamesAreCheckedAtTheirLimits) {
  const std::string too_long =
      "A scope, label, collection or section is too long, or is not UTF-8.";
  const std::string label(limits::kLabelBytes, 'l'), scope(limits::kScopeBytes, 's');
  const std::string collection(limits::kCollectionBytes, 'c'), section(limits::kPathStepBytes, 's');
  EXPECT_EQ(message_of({{{scope, label}}, {{collection, section, label}}}), "");
  EXPECT_EQ(message_of({{{scope + 's', label}}, {}}), too_long);
  EXPECT_EQ(message_of({{{scope, label + 'l'}}, {}}), too_long);
  EXPECT_EQ(message_of({{}, {{collection + 'c', section, label}}}), too_long);
  EXPECT_EQ(message_of({{}, {{collection, section + 's', label}}}), too_long);
  EXPECT_EQ(message_of({{}, {{collection, section, label + 'l'}}}), too_long);
  EXPECT_EQ(message_of({{{"", "\xFF"}}, {}}), too_long);
}

TEST_F(FoundingOf, APlanWithoutNamesWhereTheyAreNeededIsRefused) {
  EXPECT_EQ(message_of({{{"north", ""}}, {}}), "A compartment's label is missing.");
  EXPECT_EQ(message_of({{}, {{"cases", "legal", ""}}}), "A compartment's label is missing.");
  EXPECT_EQ(message_of({{}, {{"", "legal", "legal"}}}),
            "A rule for a section must name its collection.");
}

TEST_F(FoundingOf, APlanClosesCollectionsByTheirOwnRuleAlone) {
  const std::string refused = "Only the rule of a collection itself can close it.";
  EXPECT_EQ(message_of({{}, {{"cases", "", "legal", {}, true}}}), "");
  EXPECT_EQ(message_of({{}, {{"cases", "legal", "legal", {}, true}}}), refused);
  EXPECT_EQ(message_of({{}, {{"", "", "legal", {}, true}}}), refused);
}

TEST_F(FoundingOf, ANewCompartmentsKeyGoesToAllOwners) {
  Actor& other = space.add(space.root(), Level::owner);
  Actor& member = space.add(owner, Level::member);
  space.write_all(
      owner, records_for_new_compartment(space.random, space.membership(), "south", "medical", {})
                 .value());
  const Membership membership = space.membership();
  const auto id = log::compartment_id(space.founding.space, "south", "medical");
  ASSERT_NE(membership.compartment(id), nullptr);
  const auto current = [&](const Actor& actor) {
    return Keyring::open(membership, actor.id(), actor.keys.receiving).current(membership, id);
  };
  EXPECT_NE(current(owner), nullptr);
  EXPECT_NE(current(other), nullptr);
  EXPECT_EQ(current(member), nullptr);
}

TEST_F(FoundingOf, ACompartmentThatExistsIsNotMadeAgain) {
  space.create(owner, "south", "medical");
  const auto again =
      records_for_new_compartment(space.random, space.membership(), "south", "medical", {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::already_exists);
  EXPECT_EQ(again.error().message(), "The space has this compartment already.");
}

TEST_F(FoundingOf, CompartmentsEndAtTheirLimit) {
  Actor* maker = &owner;
  for (std::size_t i = 1; i < limits::kCompartments; ++i) {
    if (i % limits::kCompartmentsPerAuthor == 0) maker = &space.again(owner);
    space.create(*maker, std::to_string(i), "medical");
  }
  const auto one_more = [&](const std::string& scope) {
    return records_for_new_compartment(space.random, space.membership(), scope, "legal", {});
  };
  auto last = one_more("north");
  ASSERT_TRUE(last);
  space.write_all(space.again(owner), std::move(last).value());
  const auto beyond = one_more("south");
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(beyond.error().message(), "A space has at most 4096 compartments.");
}

}  // namespace
}  // namespace relais::access

#include <gmock/gmock.h>

#include "access/membership.h"
#include "access/small_space.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using wire::record::RightsGranted;
using wire::record::SectionMapped;

struct SettingsOf : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();

  Actor& second_owner() { return space.add(space.root(), Level::owner); }
};

TEST_F(SettingsOf, RightsAreWhatOwnersGrantAndAddUp) {
  const CompartmentId medical = space.create(owner, "", "medical");
  const CompartmentId legal = space.create(owner, "", "legal");
  Actor& member = space.add(owner, Level::member);
  EXPECT_EQ(space.membership().rights(member.id(), medical), 0U);

  space.write(owner, RightsGranted{member.id(), medical, wire::kRead});
  Membership membership = space.membership();
  EXPECT_TRUE(membership.may_read(member.id(), medical));
  EXPECT_FALSE(membership.may_write(member.keys.signing.public_key, medical));
  EXPECT_EQ(membership.rights(member.id(), legal), 0U);

  space.write(second_owner(), RightsGranted{member.id(), medical, wire::kWrite});
  membership = space.membership();
  EXPECT_EQ(membership.rights(member.id(), medical), wire::kRead | wire::kWrite);
  EXPECT_TRUE(membership.may_write(member.keys.signing.public_key, medical));
}

TEST_F(SettingsOf, RightsThatThisVersionDoesNotKnowAreNotGiven) {
  const CompartmentId medical = space.create(owner, "", "medical");
  Actor& member = space.add(owner, Level::member);
  space.write(owner, RightsGranted{member.id(), medical, 0x18});
  EXPECT_EQ(space.membership().rights(member.id(), medical), 0U);
  space.write(owner, RightsGranted{member.id(), medical, 0x19});
  EXPECT_EQ(space.membership().rights(member.id(), medical), wire::kRead);
}

TEST_F(SettingsOf, RightsForNobodyOrNowhereAreIgnored) {
  const CompartmentId medical = space.create(owner, "", "medical");
  const DeviceId nobody = space.stranger().id();
  Actor& member = space.add(owner, Level::member);
  const auto nowhere = log::compartment_id(space.founding.space, "", "nowhere");
  const Bytes before = space.membership().canonical();
  space.write(owner, RightsGranted{nobody, medical, kAllRights});
  space.write(owner, RightsGranted{member.id(), nowhere, kAllRights});
  space.write(owner, RightsGranted{member.id(), space.membership().control(), kAllRights});
  EXPECT_EQ(space.membership().canonical(), before);
}

TEST_F(SettingsOf, ASupervisorGrantsWhereItMayAndOnlyBelowItself) {
  const CompartmentId medical = space.create(owner, "", "medical");
  const CompartmentId legal = space.create(owner, "", "legal");
  Actor& supervisor = space.add(owner, Level::supervisor);
  Actor& peer = space.add(owner, Level::supervisor);
  Actor& member = space.add(owner, Level::member);
  space.write(owner, RightsGranted{supervisor.id(), medical, kAllRights});
  space.write(owner, RightsGranted{supervisor.id(), legal, wire::kRead | wire::kWrite});
  for (const CompartmentId& place : {medical, legal}) {
    space.write(supervisor, RightsGranted{member.id(), place, wire::kRead});
    space.write(supervisor, RightsGranted{peer.id(), place, wire::kRead});
  }
  const Membership membership = space.membership();
  EXPECT_TRUE(membership.may_read(member.id(), medical));
  EXPECT_FALSE(membership.may_read(member.id(), legal)) << "it may not grant there";
  EXPECT_FALSE(membership.may_read(peer.id(), medical)) << "its own level";
}

TEST_F(SettingsOf, ACourierReadsNoCompartment) {
  const CompartmentId medical = space.create(owner, "", "medical");
  Actor& courier = space.add(owner, Level::courier);
  space.write(owner, RightsGranted{courier.id(), medical, kAllRights});
  EXPECT_EQ(space.membership().rights(courier.id(), medical), 0U);
}

TEST_F(SettingsOf, ReadersAreOwnersAndWhoWasGrantedToRead) {
  const CompartmentId medical = space.create(owner, "", "medical");
  Actor& reader = space.add(owner, Level::member);
  Actor& writer = space.add(owner, Level::member);
  space.write(owner, RightsGranted{reader.id(), medical, wire::kRead});
  space.write(owner, RightsGranted{writer.id(), medical, wire::kWrite});
  EXPECT_THAT(space.membership().readers(medical),
              UnorderedElementsAre(owner.id(), reader.id(), writer.id()))
      << "who writes reads";
  EXPECT_EQ(space.membership().readers(space.membership().control()).size(), 3U);
}

TEST_F(SettingsOf, ACompartmentIsItsScopeAndLabel) {
  const CompartmentId north = space.create(owner, "north", "medical");
  const CompartmentId south = space.create(owner, "south", "medical");
  space.create(second_owner(), "north", "medical");
  space.write(owner, wire::record::CompartmentCreated{"north", ""});
  const Membership membership = space.membership();
  EXPECT_EQ(membership.compartments().size(), 2U);
  EXPECT_EQ(membership.compartment(north)->scope, "north");
  EXPECT_EQ(membership.compartment(south)->label, "medical");
  EXPECT_EQ(membership.compartment(CompartmentId{}), nullptr);
  EXPECT_EQ(membership.tally().ignored, 2U);
}

TEST_F(SettingsOf, CompartmentsEndAtEachAuthorsOwnLimit) {
  for (std::size_t i = 0; i < limits::kCompartmentsPerAuthor; ++i) {
    space.write(owner, wire::record::CompartmentCreated{std::to_string(i), "medical"});
  }
  EXPECT_EQ(space.membership().compartments().size(), limits::kCompartmentsPerAuthor);
  EXPECT_EQ(space.membership().tally().ignored, 0U);
  const CompartmentId more = space.create(owner, "one more", "medical");
  EXPECT_EQ(space.membership().compartment(more), nullptr);
  const CompartmentId others = space.create(second_owner(), "another's", "medical");
  EXPECT_NE(space.membership().compartment(others), nullptr)
      << "nobody can use up what others may make";
}

TEST_F(SettingsOf, SectionsEndAtEachAuthorsOwnLimit) {
  for (std::size_t i = 0; i < limits::kSectionsPerAuthor; ++i) {
    space.write(owner, SectionMapped{"cases", "s" + std::to_string(i), "medical"});
  }
  space.write(owner, SectionMapped{"cases", "beyond", "medical"});
  space.write(second_owner(), SectionMapped{"cases", "another's", "medical"});
  const Membership membership = space.membership();
  EXPECT_NE(membership.labels("cases", "s" + std::to_string(limits::kSectionsPerAuthor - 1)),
            nullptr);
  EXPECT_EQ(membership.labels("cases", "beyond"), nullptr);
  EXPECT_NE(membership.labels("cases", "another's"), nullptr);
}

TEST_F(SettingsOf, ASectionIsKeptWhereItsNearestEntrySays) {
  space.write(owner, SectionMapped{"", "", "everyone"});
  space.write(owner, SectionMapped{"cases", "", "team"});
  space.write(owner, SectionMapped{"cases", "legal", "legal"});
  const Membership membership = space.membership();
  EXPECT_THAT(membership.labels("cases", "legal")->open, ElementsAre("legal"));
  EXPECT_THAT(membership.labels("cases", "medical")->open, ElementsAre("team"));
  EXPECT_THAT(membership.labels("patients", "legal")->open, ElementsAre("everyone"));
}

TEST_F(SettingsOf, ACollectionIsClosedWhileAnOpenEntryOfItsOwnSaysSo) {
  const auto takes = [&](const char* collection, const char* section) {
    return space.membership().takes_section(collection, section);
  };
  space.write(owner, SectionMapped{"cases", "legal", "legal", {}, true});
  EXPECT_TRUE(takes("cases", "lgeal")) << "of a section's entry the flag means nothing";
  space.write(owner, SectionMapped{"cases", "", "medical", {}, true});
  EXPECT_TRUE(takes("cases", "legal"));
  EXPECT_FALSE(takes("cases", "lgeal"));
  EXPECT_TRUE(takes("cases", "")) << "the whole document";
  EXPECT_TRUE(takes("visits", "lgeal"));
  space.write(second_owner(), SectionMapped{"cases", "", "medical"});
  EXPECT_FALSE(takes("cases", "lgeal")) << "one that cites nothing replaces nothing";
  space.write(owner, SectionMapped{"cases", "", "medical"});
  EXPECT_TRUE(takes("cases", "lgeal"));
}

TEST_F(SettingsOf, ASectionWithoutAnyEntryIsKeptNowhere) {
  space.write(owner, SectionMapped{"cases", "legal", "legal"});
  EXPECT_EQ(space.membership().labels("cases", "medical"), nullptr);
}

TEST_F(SettingsOf, ALaterEntryInOneLogReplacesTheEarlierWhichStaysReadable) {
  space.write(owner, SectionMapped{"cases", "legal", "legal"});
  space.write(owner, SectionMapped{"cases", "legal", "everyone"});
  const Membership membership = space.membership();
  const Labels& labels = *membership.labels("cases", "legal");
  EXPECT_THAT(labels.open, ElementsAre("everyone"));
  EXPECT_THAT(labels.highest, ElementsAre("everyone"));
  EXPECT_THAT(labels.filed, ElementsAre("everyone", "legal"));
}

TEST_F(SettingsOf, TwoOwnersEntriesAtOnceBothStandUntilOneCitesTheOther) {
  Actor& other = second_owner();
  space.write(other, SectionMapped{"cases", "legal", "other's"});
  space.write(owner, SectionMapped{"cases", "legal", "owner's"});
  EXPECT_THAT(space.membership().labels("cases", "legal")->highest,
              ElementsAre("other's", "owner's"));
  EXPECT_EQ(space.membership().mapping_conflicts().size(), 1U);
  space.write(owner, SectionMapped{"cases", "legal", "owner's", {SmallSpace::upto(other)}});
  EXPECT_THAT(space.membership().labels("cases", "legal")->open, ElementsAre("owner's"));
  EXPECT_THAT(space.membership().labels("cases", "legal")->filed,
              ElementsAre("other's", "owner's"));
  EXPECT_TRUE(space.membership().mapping_conflicts().empty());
}

TEST_F(SettingsOf, OfEntriesFromTwoLevelsTheHigherLevelsIsWrittenUnder) {
  Actor& supervisor = space.add(owner, Level::supervisor);
  space.write(supervisor, SectionMapped{"cases", "legal", "everyone"});
  space.write(owner, SectionMapped{"cases", "legal", "legal"});
  EXPECT_THAT(space.membership().labels("cases", "legal")->highest, ElementsAre("legal"));
  EXPECT_THAT(space.membership().labels("cases", "legal")->open, ElementsAre("everyone", "legal"));
  // A record of a lower level replaces none of a higher one, whatever it cites.
  space.write(supervisor, SectionMapped{"cases", "legal", "everyone", {SmallSpace::upto(owner)}});
  EXPECT_THAT(space.membership().labels("cases", "legal")->open, ElementsAre("everyone", "legal"));
  EXPECT_THAT(space.membership().labels("cases", "legal")->highest, ElementsAre("legal"));
}

TEST_F(SettingsOf, EntriesThatSayNothingAreIgnored) {
  space.write(owner, SectionMapped{"cases", "", "team"});
  const Bytes before = space.membership().canonical();
  space.write(owner, SectionMapped{"", "legal", "a section of no collection"});
  space.write(owner, SectionMapped{"cases", "legal", ""});
  EXPECT_EQ(space.membership().canonical(), before);
}

}  // namespace
}  // namespace relais::access

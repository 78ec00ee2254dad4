#include "access/membership.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "access/small_space.h"
#include "base/coding.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;
using ::testing::UnorderedElementsAre;
using wire::record::RightsGranted;
using wire::record::SectionMapped;

struct MembershipOf : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();

  bool has(const Actor& actor) { return space.membership().device(actor.id()) != nullptr; }
  Actor& second_owner() { return space.add(space.root(), Level::owner); }
};

TEST_F(MembershipOf, ANewSpaceIsItsRootAndOneOwner) {
  const Membership membership = space.membership();
  EXPECT_EQ(membership.root_key(), space.founding.root.public_key);
  EXPECT_EQ(membership.devices().size(), 1U);
  const Device* device = membership.device_of(owner.keys.signing.public_key);
  ASSERT_NE(device, nullptr);
  EXPECT_EQ(device->level, Level::owner);
  EXPECT_EQ(device->receiving_key, owner.keys.receiving.public_key);
  EXPECT_EQ(membership.device_of(space.founding.root.public_key), nullptr);
  EXPECT_EQ(membership.tally(), (Tally{2, 0, 0}));
}

TEST_F(MembershipOf, AnotherSpacesFirstRecordIsRefused) {
  const SmallSpace other(2);
  const auto derived =
      Membership::derive(space.founding.space, other.founding.first_record, {}, {});
  ASSERT_FALSE(derived);
  EXPECT_EQ(derived.error().code(), ErrorCode::corrupt);
  EXPECT_EQ(derived.error().message(), "The first record is not the one that founds this space.");
}

TEST_F(MembershipOf, AFirstRecordOfAnotherKindOrKeyIsRefused) {
  const auto founds = [](const wire::ControlRecord& record) {
    const Bytes first = wire::encode(record);
    return Membership::derive(space_id(first), first, {}, {}).has_value();
  };
  wire::record::SpaceCreated created;
  created.root_key = space.founding.root.public_key;
  EXPECT_TRUE(founds(created));
  created.root_key = {};
  EXPECT_FALSE(founds(created)) << "not a valid point";
  EXPECT_FALSE(founds(wire::record::CompartmentCreated{"", "medical"}));
}

TEST_F(MembershipOf, AFirstRecordIsReadUpToItsLimit) {
  Bytes first = space.founding.first_record;
  const std::size_t filler = limits::kFirstRecordBytes - first.size() - 3;
  first += "\x7a";  // an unknown field, from a newer version
  put_varint(first, filler);
  first.append(filler, 'x');
  ASSERT_EQ(first.size(), limits::kFirstRecordBytes);
  EXPECT_TRUE(root_key_of(first, space_id(first)));
  first += "\x78\x01";
  EXPECT_FALSE(root_key_of(first, space_id(first)));
}

TEST_F(MembershipOf, OnlyRootAddsOwners) {
  Actor& added_by_owner = space.add(owner, Level::owner);
  Actor& added_by_root = space.add(space.root(), Level::owner);
  EXPECT_FALSE(has(added_by_owner));
  EXPECT_TRUE(has(added_by_root));
}

TEST_F(MembershipOf, AnOwnerAddsWhoIsBelowIt) {
  for (const Level level : {Level::supervisor, Level::member, Level::courier}) {
    Actor& added = space.add(owner, level);
    EXPECT_EQ(space.membership().device(added.id())->level, level);
  }
}

TEST_F(MembershipOf, RootAddsAnybodyInAnyOfItsIncarnations) {
  Actor again = space.root();
  again.instance = space.random.draw<log::Instance>();
  again.author = log::author_id(again.keys.signing.public_key, again.instance);
  again.next_seq = 1;
  space.authors.emplace(again.author, again.keys.signing.public_key);
  EXPECT_TRUE(has(space.add(again, Level::owner)));
  EXPECT_TRUE(has(space.add(again, Level::member)));
}

TEST_F(MembershipOf, AnOwnersOtherLogCountsToo) {
  Actor again = owner;
  again.instance = space.random.draw<log::Instance>();
  again.author = log::author_id(again.keys.signing.public_key, again.instance);
  space.authors.emplace(again.author, again.keys.signing.public_key);
  EXPECT_TRUE(has(space.add(again, Level::member)));
}

TEST_F(MembershipOf, WhoIsBelowAnOwnerCanChangeNothing) {
  const CompartmentId medical = space.create(owner, "", "medical");
  for (const Level level : {Level::supervisor, Level::member, Level::courier}) {
    Actor& low = space.add(owner, level);
    const Bytes before = space.membership().canonical();
    const std::size_t records_before = space.records.size();
    space.add(low, Level::courier);
    space.create(low, "", "legal");
    space.write(low, SectionMapped{"", "", "medical"});
    space.write(low, RightsGranted{low.id(), medical, kAllRights});
    space.write(low, make_epoch(space.random, space.membership(), medical, {}).made);
    EXPECT_EQ(space.membership().canonical(), before);
    EXPECT_EQ(space.membership().tally().ignored, 5U);
    space.records.resize(records_before);
  }
}

TEST_F(MembershipOf, WhatAStrangerWritesIsIgnored) {
  Actor& stranger = space.stranger();
  const Bytes before = space.membership().canonical();
  space.add(stranger, Level::member);
  space.write(stranger, space.founding.root_records[0]);
  space.authors.erase(space.add(space.stranger(), Level::member).author);
  EXPECT_EQ(space.membership().canonical(), before);
}

TEST_F(MembershipOf, ACertificateCountsOnlyAtThePlaceItNames) {
  Actor& copied = space.stranger();
  wire::CertificateBody body = space.body(owner, copied, Level::member);
  body.issuer_seq += 1;
  space.write(owner, space.added(owner, body));
  EXPECT_FALSE(has(copied)) << "it names another position";

  Actor& other = second_owner();
  space.write(other, space.added(owner, space.body(owner, copied, Level::member)));
  EXPECT_FALSE(has(copied)) << "it stands in another's log";

  body = space.body(owner, copied, Level::member);
  body.issuer_author = other.author;
  space.write(owner, space.added(owner, body));
  EXPECT_FALSE(has(copied)) << "it names another's log";

  space.write(owner, space.added(owner, space.body(owner, copied, Level::member)));
  EXPECT_TRUE(has(copied));
}

TEST_F(MembershipOf, ACertificateOfAnotherSpaceIsIgnored) {
  Actor& subject = space.stranger();
  wire::CertificateBody body = space.body(owner, subject, Level::member);
  body.space.bytes[0] ^= 1;
  space.write(owner, space.added(owner, body));
  EXPECT_FALSE(has(subject));
}

TEST_F(MembershipOf, ACertificateWithAForgedIssuerIsIgnored) {
  Actor& subject = space.stranger();
  wire::CertificateBody body = space.body(space.root(), subject, Level::owner);
  body.issuer_author = owner.author;
  body.issuer_seq = owner.next_seq;
  space.write(owner, space.added(owner, body));  // named root, signed by the owner
  body.issuer = owner.keys.signing.public_key;
  body.issuer_seq = owner.next_seq;
  space.write(owner, space.added(space.stranger(), body));  // named the owner, signed by another
  space.write(owner, wire::record::MemberAdded{"garbage"});
  EXPECT_FALSE(has(subject));
}

TEST_F(MembershipOf, TheSameDeviceTwiceIsAsTheFirstRecordSays) {
  Actor& device = space.add(owner, Level::supervisor);
  space.write(owner, space.added(owner, space.body(owner, device, Level::member)));
  EXPECT_EQ(space.membership().device(device.id())->level, Level::supervisor);
  space.write(space.root(),
              space.added(space.root(), space.body(space.root(), device, Level::courier)));
  EXPECT_EQ(space.membership().device(device.id())->level, Level::courier)
      << "root's logs come before any owner's";
}

TEST_F(MembershipOf, TheRootKeyIsNeverADevice) {
  space.write(owner, space.added(owner, space.body(owner, space.root(), Level::member)));
  EXPECT_FALSE(has(space.root()));
}

TEST_F(MembershipOf, RightsAreWhatOwnersGrantAndAddUp) {
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

TEST_F(MembershipOf, RightsThatThisVersionDoesNotKnowAreNotGiven) {
  const CompartmentId medical = space.create(owner, "", "medical");
  Actor& member = space.add(owner, Level::member);
  space.write(owner, RightsGranted{member.id(), medical, 0x18});
  EXPECT_EQ(space.membership().rights(member.id(), medical), 0U);
  space.write(owner, RightsGranted{member.id(), medical, 0x19});
  EXPECT_EQ(space.membership().rights(member.id(), medical), wire::kRead);
}

TEST_F(MembershipOf, RightsForNobodyOrNowhereAreIgnored) {
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

TEST_F(MembershipOf, OwnersAndRootHaveAllRightsEverywhere) {
  const CompartmentId medical = space.create(owner, "", "medical");
  const Membership membership = space.membership();
  for (const CompartmentId& place : {medical, membership.control()}) {
    EXPECT_EQ(membership.rights(owner.id(), place), kAllRights);
    EXPECT_TRUE(membership.may_write(owner.keys.signing.public_key, place));
    EXPECT_TRUE(membership.may_write(space.founding.root.public_key, place));
  }
}

TEST_F(MembershipOf, EveryDeviceReadsControlAndOnlyOwnersWriteIt) {
  for (const Level level : {Level::supervisor, Level::member, Level::courier}) {
    Actor& low = space.add(owner, level);
    const Membership membership = space.membership();
    EXPECT_EQ(membership.rights(low.id(), membership.control()), wire::kRead);
  }
  EXPECT_EQ(space.membership().rights(space.stranger().id(), space.membership().control()), 0U);
}

TEST_F(MembershipOf, ACourierReadsNoCompartment) {
  const CompartmentId medical = space.create(owner, "", "medical");
  Actor& courier = space.add(owner, Level::courier);
  space.write(owner, RightsGranted{courier.id(), medical, kAllRights});
  EXPECT_EQ(space.membership().rights(courier.id(), medical), 0U);
}

TEST_F(MembershipOf, ReadersAreOwnersAndWhoWasGrantedToRead) {
  const CompartmentId medical = space.create(owner, "", "medical");
  Actor& reader = space.add(owner, Level::member);
  Actor& writer = space.add(owner, Level::member);
  space.write(owner, RightsGranted{reader.id(), medical, wire::kRead});
  space.write(owner, RightsGranted{writer.id(), medical, wire::kWrite});
  EXPECT_THAT(space.membership().readers(medical), UnorderedElementsAre(owner.id(), reader.id()));
  EXPECT_EQ(space.membership().readers(space.membership().control()).size(), 3U);
}

TEST_F(MembershipOf, ACompartmentIsItsScopeAndLabel) {
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

TEST_F(MembershipOf, CompartmentsEndAtTheirLimit) {
  for (std::size_t i = 0; i < limits::kCompartments; ++i) {
    space.write(owner, wire::record::CompartmentCreated{std::to_string(i), "medical"});
  }
  EXPECT_EQ(space.membership().compartments().size(), limits::kCompartments);
  EXPECT_EQ(space.membership().tally().ignored, 0U);
  const CompartmentId more = space.create(owner, "one more", "medical");
  EXPECT_EQ(space.membership().compartments().size(), limits::kCompartments);
  EXPECT_EQ(space.membership().compartment(more), nullptr);
}

TEST_F(MembershipOf, ASectionIsKeptWhereItsNearestEntrySays) {
  space.write(owner, SectionMapped{"", "", "everyone"});
  space.write(owner, SectionMapped{"cases", "", "team"});
  space.write(owner, SectionMapped{"cases", "legal", "legal"});
  const Membership membership = space.membership();
  EXPECT_EQ(membership.label_of("cases", "legal"), "legal");
  EXPECT_EQ(membership.label_of("cases", "medical"), "team");
  EXPECT_EQ(membership.label_of("patients", "legal"), "everyone");
}

TEST_F(MembershipOf, ASectionWithoutAnyEntryIsKeptNowhere) {
  space.write(owner, SectionMapped{"cases", "legal", "legal"});
  EXPECT_EQ(space.membership().label_of("cases", "medical"), "");
}

TEST_F(MembershipOf, ASectionsEntryIsWrittenOnce) {
  space.write(owner, SectionMapped{"cases", "legal", "legal"});
  space.write(owner, SectionMapped{"cases", "legal", "everyone"});
  EXPECT_EQ(space.membership().label_of("cases", "legal"), "legal");
}

TEST_F(MembershipOf, TwoOwnersEntriesAtOnceAreSettledByAuthorWhoeverCameFirst) {
  Actor& other = second_owner();
  const bool owner_first = owner.author < other.author;
  space.write(other, SectionMapped{"cases", "legal", "other's"});
  space.write(owner, SectionMapped{"cases", "legal", "owner's"});
  const std::string settled = space.membership().label_of("cases", "legal");
  EXPECT_EQ(settled, owner_first ? "owner's" : "other's");
  std::reverse(space.records.begin(), space.records.end());
  EXPECT_EQ(space.membership().label_of("cases", "legal"), settled);
}

TEST_F(MembershipOf, EntriesThatSayNothingAreIgnored) {
  space.write(owner, SectionMapped{"cases", "", "team"});
  const Bytes before = space.membership().canonical();
  space.write(owner, SectionMapped{"", "legal", "a section of no collection"});
  space.write(owner, SectionMapped{"cases", "legal", ""});
  EXPECT_EQ(space.membership().canonical(), before);
}

TEST_F(MembershipOf, RecordsOfANewerVersionAreCountedApart) {
  space.write(owner, wire::record::Unknown{});
  EXPECT_EQ(space.membership().tally(), (Tally{2, 0, 1}));
}

TEST_F(MembershipOf, AReplayedRecordChangesNothing) {
  space.add(owner, Level::member);
  const Membership once = space.membership();
  auto twice = space.records;
  twice.insert(twice.end(), space.records.begin(), space.records.end());
  const Membership again = space.membership_of(twice);
  EXPECT_EQ(again.canonical(), once.canonical());
  EXPECT_EQ(again.tally(), once.tally());
}

TEST_F(MembershipOf, AuthorsInControlAreListedInOrder) {
  Actor& other = second_owner();
  Actor& member = space.add(owner, Level::member);
  space.write(member, wire::record::Unknown{});
  std::vector<AuthorId> expected = {space.root().author, owner.author};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(space.membership().author_list(), expected) << "the other owner wrote nothing yet";
  space.write(other, wire::record::Unknown{});
  EXPECT_EQ(space.membership().author_list().size(), 3U);
}

}  // namespace
}  // namespace relais::access

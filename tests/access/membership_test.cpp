#include "access/membership.h"

#include <gtest/gtest.h>

#include "access/small_space.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;
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
  EXPECT_EQ(derived.error().message(), "The first record belongs to another space.");
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
  Bytes first = test::longest_first_record(space.founding.first_record);
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
  Actor& again = space.again(space.root());
  EXPECT_TRUE(has(space.add(again, Level::owner)));
  EXPECT_TRUE(has(space.add(again, Level::member)));
}

TEST_F(MembershipOf, AnOwnersOtherLogCountsToo) {
  Actor& again = space.again(owner);
  EXPECT_TRUE(has(space.add(again, Level::member)));
}

TEST_F(MembershipOf, WhoIsBelowASupervisorMakesEpochsAndChangesNothingElse) {
  const CompartmentId medical = space.create(owner, "", "medical");
  for (const Level level : {Level::member, Level::courier}) {
    Actor& low = space.add(owner, level);
    space.write(low, wire::record::Unknown{});  // its author is listed
    const Bytes before = space.membership().canonical();
    const std::size_t records_before = space.records.size();
    space.add(low, Level::courier);
    space.create(low, "", "legal");
    space.write(low, SectionMapped{"", "", "medical"});
    space.write(low, RightsGranted{low.id(), medical, kAllRights});
    space.write(low, wire::record::AuthorsAllowed{low.id(), 1000});
    EXPECT_EQ(space.membership().canonical(), before);
    EXPECT_EQ(space.membership().tally().ignored, 5U);
    space.records.resize(records_before);
    low.next_seq = 2;
  }
}

TEST_F(MembershipOf, WhatAStrangerWritesIsIgnored) {
  Actor& stranger = space.stranger();
  const Bytes before = space.membership().canonical();
  space.add(stranger, Level::member);
  space.write(stranger, space.founding.root_records[0]);
  Actor& unknown = space.stranger();
  space.add(unknown, Level::member);
  space.authors.erase(unknown.author);  // no seal showed its key
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

TEST_F(MembershipOf, EveryDeviceReadsControlAndMembersDoNotWriteIt) {
  for (const Level level : {Level::member, Level::courier}) {
    Actor& low = space.add(owner, level);
    const Membership membership = space.membership();
    EXPECT_EQ(membership.rights(low.id(), membership.control()), wire::kRead);
  }
  EXPECT_EQ(space.membership().rights(space.stranger().id(), space.membership().control()), 0U);
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

}  // namespace
}  // namespace relais::access

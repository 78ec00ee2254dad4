#include <gtest/gtest.h>

#include "access/key_sharing.h"
#include "access/membership.h"
#include "access/small_space.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;
using wire::record::RightsGranted;

struct DevicesOf : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();

  bool has(const Actor& actor) { return space.membership().device(actor.id()) != nullptr; }
  Actor& second_owner() { return space.add(space.root(), Level::owner); }
};

TEST_F(DevicesOf, ACertificateCountsOnlyAtThePlaceItNames) {
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

TEST_F(DevicesOf, ACertificateOfAnotherSpaceIsIgnored) {
  Actor& subject = space.stranger();
  wire::CertificateBody body = space.body(owner, subject, Level::member);
  body.space.bytes[0] ^= 1;
  space.write(owner, space.added(owner, body));
  EXPECT_FALSE(has(subject));
}

TEST_F(DevicesOf, ACertificateOfAnotherIssuerThanItsLogsIsIgnored) {
  Actor& subject = space.stranger();
  wire::CertificateBody body = space.body(space.root(), subject, Level::member);
  body.issuer_author = owner.author;
  body.issuer_seq = owner.next_seq;
  space.write(owner, space.added(owner, body));
  space.write(owner, wire::record::MemberAdded{"garbage"});
  EXPECT_FALSE(has(subject));
}

TEST_F(DevicesOf, TheLaterCertificateInOneLogReplacesTheEarlier) {
  Actor& device = space.add(owner, Level::courier);
  space.write(owner, space.added(owner, space.body(owner, device, Level::member)));
  const Membership membership = space.membership();
  EXPECT_EQ(membership.device(device.id())->level, Level::member);
  EXPECT_FALSE(membership.device(device.id())->levels_clash);
}

TEST_F(DevicesOf, OfTwoCertificatesFromOneLevelTheWeakerLevelCountsWhoeverWroteThem) {
  Actor& device = space.add(owner, Level::supervisor);
  Actor& other = second_owner();
  space.write(other, space.added(other, space.body(other, device, Level::member)));
  const Membership membership = space.membership();
  EXPECT_EQ(membership.device(device.id())->level, Level::member);
  EXPECT_TRUE(membership.device(device.id())->levels_clash);
}

TEST_F(DevicesOf, ACertificateThatCitesTheOtherSettlesTheirLevels) {
  Actor& device = space.add(owner, Level::supervisor);
  Actor& other = second_owner();
  space.write(other, space.added(other, space.body(other, device, Level::courier)));
  ASSERT_EQ(space.membership().device(device.id())->level, Level::courier);
  wire::record::MemberAdded settled = space.added(owner, space.body(owner, device, Level::member));
  settled.cited = {SmallSpace::upto(other)};
  space.write(owner, settled);
  EXPECT_EQ(space.membership().device(device.id())->level, Level::member);
  EXPECT_FALSE(space.membership().device(device.id())->levels_clash);
}

TEST_F(DevicesOf, ACertificateThatMayNotCountReplacesNone) {
  Actor& supervisor = space.add(owner, Level::supervisor);
  Actor& member = space.add(supervisor, Level::member);
  for (const Level level : {Level::owner, Level::supervisor}) {
    space.write(supervisor, space.added(supervisor, space.body(supervisor, member, level)));
    ASSERT_TRUE(has(member)) << "its log covers the one before, of a level that it may certify";
    EXPECT_EQ(space.membership().device(member.id())->level, Level::member);
  }
}

TEST_F(DevicesOf, ACitationCountsOnlyWithTheHashOfAPlaceThatIsHeld) {
  Actor& device = space.add(owner, Level::supervisor);
  Actor& other = second_owner();
  space.write(other, space.added(other, space.body(other, device, Level::courier)));
  const wire::Citation good = SmallSpace::upto(other);
  wire::Citation wrong_hash = good, far = good, nowhere = good;
  wrong_hash.hash.bytes[0] ^= 1;
  far.seq = limits::kLastSeq;
  nowhere.author = space.stranger().author;
  for (const wire::Citation& citation : {wrong_hash, far, nowhere}) {
    wire::record::MemberAdded settled =
        space.added(owner, space.body(owner, device, Level::member));
    settled.cited = {citation};
    space.write(owner, settled);
    EXPECT_EQ(space.membership().device(device.id())->level, Level::courier);
  }
}

TEST_F(DevicesOf, OfCertificatesFromTwoLevelsTheHigherIssuersAloneCount) {
  Actor& device = space.add(owner, Level::courier);
  space.write(space.root(),
              space.added(space.root(), space.body(space.root(), device, Level::owner)));
  const Membership membership = space.membership();
  EXPECT_EQ(membership.device(device.id())->level, Level::owner);
  EXPECT_EQ(membership.device(device.id())->issuer, space.founding.root.public_key);
  EXPECT_FALSE(membership.device(device.id())->levels_clash);
}

TEST_F(DevicesOf, ASupervisorAddsWhoIsBelowIt) {
  Actor& supervisor = space.add(owner, Level::supervisor);
  EXPECT_TRUE(has(space.add(supervisor, Level::member)));
  EXPECT_FALSE(has(space.add(supervisor, Level::supervisor)));
  EXPECT_FALSE(has(space.add(space.add(supervisor, Level::member), Level::courier)));
}

TEST_F(DevicesOf, TheEndIsTheLatestOfTheCertificatesThatCount) {
  Actor& device = space.stranger();
  Actor& other = second_owner();
  const auto add_until = [&](Actor& by, std::int64_t end) {
    wire::CertificateBody body = space.body(by, device, Level::member);
    body.not_after_ms = end;
    space.write(by, space.added(by, body));
    return space.membership().device(device.id())->not_after_ms;
  };
  EXPECT_EQ(add_until(owner, 1000), 1000);
  EXPECT_EQ(add_until(other, 900), 1000);
  EXPECT_EQ(add_until(other, 1100), 1100);
  EXPECT_EQ(add_until(owner, 0), 0) << "no end is the latest";
}

TEST_F(DevicesOf, AnEndIsNoLaterThanTheIssuers) {
  Actor& issuer = space.stranger();
  wire::CertificateBody body = space.body(space.root(), issuer, Level::owner);
  body.not_after_ms = 1000;
  space.write(space.root(), space.added(space.root(), body));
  Actor& device = space.add(issuer, Level::member);
  EXPECT_EQ(space.membership().device(device.id())->not_after_ms, 1000);
}

TEST_F(DevicesOf, NobodyCertifiesAnothersSigningKeyBesideKeysThatItDidNotSign) {
  Actor& device = space.add(owner, Level::member);
  Actor& other = second_owner();
  Actor twin = device;
  twin.keys.noise = crypto::make_dh_key_pair(space.random);
  wire::CertificateBody forged = space.body(other, twin, Level::member);
  forged.device_signature = space.body(other, device, Level::member).device_signature;
  wire::record::MemberAdded added = space.added(other, forged);
  added.cited = {SmallSpace::upto(owner)};  // it cites and replaces the valid one
  space.write(other, added);
  const Membership membership = space.membership();
  EXPECT_EQ(membership.device(device.id())->noise_key, device.keys.noise.public_key);
  EXPECT_FALSE(membership.device(device.id())->keys_clash);
}

TEST_F(DevicesOf, TwoSetsOfKeysThatADeviceSignedItselfAreAClashUntilSettled) {
  Actor& device = space.add(owner, Level::member);
  Actor& other = second_owner();
  Actor twin = device;
  twin.keys.noise = crypto::make_dh_key_pair(space.random);
  space.write(other, space.added(other, space.body(other, twin, Level::member)));
  EXPECT_TRUE(space.membership().device(device.id())->keys_clash);
  wire::record::MemberAdded settled = space.added(owner, space.body(owner, device, Level::member));
  settled.cited = {SmallSpace::upto(other)};
  space.write(owner, settled);
  const Membership membership = space.membership();
  EXPECT_FALSE(membership.device(device.id())->keys_clash);
  EXPECT_EQ(membership.device(device.id())->noise_key, device.keys.noise.public_key);
}

TEST_F(DevicesOf, AMemberWithKeysThatAreNoKeysIsAMemberAndHarmsNobody) {
  Actor& device = space.stranger();
  wire::CertificateBody body = space.body(owner, device, Level::member);
  body.receiving_key = {};
  space.write(owner, space.added(owner, body));
  const CompartmentId medical = space.create(owner, "", "medical");
  space.write(owner, RightsGranted{device.id(), medical, wire::kRead});
  const Membership membership = space.membership();
  ASSERT_NE(membership.device(device.id()), nullptr);
  const NewEpochs epochs = space.epoch(medical);
  EXPECT_EQ(epochs.made[0].devices, std::vector<DeviceId>{owner.id()});
  EXPECT_FALSE(seal_key(epochs.keys.at(medical), *membership.device(device.id())));
}

TEST_F(DevicesOf, TheRootKeyIsNeverADevice) {
  space.write(owner, space.added(owner, space.body(owner, space.root(), Level::member)));
  EXPECT_FALSE(has(space.root()));
}

TEST_F(DevicesOf, WhatStandsBehindAGapOrAForkOfALogDoesNotCount) {
  space.add(owner, Level::member);
  Actor& later = space.add(owner, Level::member);
  auto gap = space.records;
  gap.erase(gap.end() - 2);
  EXPECT_EQ(space.membership_of(gap).device(later.id()), nullptr);

  auto forked = space.records;
  forked.push_back(forked.back());
  forked.back().hash.bytes[0] ^= 1;
  EXPECT_EQ(space.membership_of(forked).device(later.id()), nullptr);
}

TEST_F(DevicesOf, ADeviceMayHaveSoManyAuthorsAndWithOneMoreNothingItWroteCounts) {
  Actor& other = second_owner();
  Actor& added = space.add(other, Level::member);
  for (std::size_t i = 1; i < limits::kAuthorsPerDevice; ++i) {
    space.write(space.again(other), wire::record::Unknown{});
  }
  EXPECT_TRUE(has(added));
  EXPECT_TRUE(space.membership().over_limit().empty());
  space.again(other);  // one more seal was seen
  EXPECT_FALSE(has(added));
  EXPECT_TRUE(space.membership().over_limit().contains(other.id()));

  space.write(owner, wire::record::AuthorsAllowed{other.id(), 1000});
  EXPECT_FALSE(has(added)) << "an owner is not above another";
  space.write(space.root(), wire::record::AuthorsAllowed{other.id(), 65});
  EXPECT_TRUE(has(added));
  EXPECT_EQ(space.membership().authors_allowed(other.keys.signing.public_key), 65U);
}

TEST_F(DevicesOf, MoreAuthorsAreAllowedFromAboveWhateverLevelCertifiedTheDevice) {
  Actor& supervisor = space.add(owner, Level::supervisor);
  Actor& member = space.add(supervisor, Level::member);
  for (std::size_t i = 0; i < limits::kAuthorsPerDevice; ++i) {
    space.again(supervisor);
    space.again(member);
  }
  EXPECT_FALSE(has(member));
  EXPECT_EQ(space.membership().over_limit(), std::set{supervisor.id()});
  space.write(space.root(), wire::record::AuthorsAllowed{supervisor.id(), 65});
  EXPECT_TRUE(has(member)) << "an owner certified the supervisor, root says how many it may have";
  space.write(owner, wire::record::AuthorsAllowed{member.id(), 65});
  EXPECT_TRUE(space.membership().over_limit().empty()) << "a supervisor certified the member";
}

TEST_F(DevicesOf, RootMayHaveAnyNumberOfAuthors) {
  for (std::size_t i = 0; i < 2 * limits::kAuthorsPerDevice; ++i) space.again(space.root());
  EXPECT_TRUE(has(owner));
}

}  // namespace
}  // namespace relais::access

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/invitation.h"
#include "base/limits.h"
#include "replica/lifecycle/invitations.h"
#include "replica/names_document.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "replica/write/own_commit.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

replica::OpenInvitation invite(TestSpace& ward, std::chrono::minutes valid) {
  replica::Core& core = ward.core("A");
  replica::OpenInvitation open;
  for (const auto& compartment : core.control.membership.compartments()) {
    open.compartments.push_back(compartment.id);
  }
  open.invitation = access::make_invitation(core.environment.random, core.identity.space,
                                            ward.clock().now().wall, valid);
  EXPECT_TRUE(replica::save_invitation(core, open));
  return open;
}

access::JoinRequest request(TestSpace& ward, const access::DeviceKeys& keys) {
  return access::make_join_request(keys, ward.core("A").identity.space);
}

TEST(Membership, ANameThatADeviceWasGivenIsWrittenAsSoonAsItMayBe) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  replica::Core& core = ward.core("B");
  store::Batch batch;
  batch.put(store::Family::meta, store::meta_key(store::meta::kGivenName), "Tablet B");
  ASSERT_TRUE(core.store->commit(batch, store::Durability::synced));
  EXPECT_THAT(replica::status(replica::Snapshot(core))->warnings,
              ::testing::ElementsAre("The others don't know this device's name: it may not write "
                                     "where names are kept."));
  ASSERT_TRUE(replica::save_given_name(core));
  EXPECT_THAT(replica::status(replica::Snapshot(core))->warnings, ::testing::IsEmpty());
  ASSERT_TRUE(ward.sync("A", "B").caller);
  EXPECT_EQ(replica::device_name(ward.core("A").reading(), core.identity.device()), "Tablet B");
}

TEST(Membership, AnInvitationLetsOneDeviceInAndNoOther) {
  TestSpace ward;
  ward.found("A");
  const auto open = invite(ward, std::chrono::minutes(10));
  const auto first = access::make_device_keys(ward.core("A").environment.random);
  const auto second = access::make_device_keys(ward.core("A").environment.random);
  const auto certificate = replica::admit(ward.core("A"), request(ward, first), open);
  ASSERT_TRUE(certificate);
  const auto stored = replica::open_invitations(ward.core("A"));
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->size(), 1u);
  const auto refused = replica::admit(ward.core("A"), request(ward, second), (*stored)[0]);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::invitation_refused);
  // The one it let in may come again, if it was cut off before it heard so.
  EXPECT_EQ(*replica::admit(ward.core("A"), request(ward, first), (*stored)[0]), *certificate);
}

TEST(Membership, AnExpiredInvitationLetsNobodyIn) {
  TestSpace ward;
  ward.found("A");
  const auto open = invite(ward, std::chrono::minutes(1));
  ward.clock().pass(std::chrono::minutes(1));
  EXPECT_TRUE(replica::open_invitations(ward.core("A"))->empty());
  const auto keys = access::make_device_keys(ward.core("A").environment.random);
  const auto refused = replica::admit(ward.core("A"), request(ward, keys), open);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "The invitation isn't valid any more.");
}

/// Of device A's, for somebody to come with.
std::vector<replica::OpenInvitation> open_at(TestSpace& ward) {
  auto open = replica::open_invitations(ward.core("A"));
  EXPECT_TRUE(open);
  return std::move(*open);
}

Result<Bytes> come(TestSpace& ward, const access::DeviceKeys& keys,
                   const replica::OpenInvitation& invitation) {
  return replica::admit(ward.core("A"), request(ward, keys), invitation);
}

Status try_to_invite(TestSpace& ward, std::chrono::minutes valid) {
  replica::Core& core = ward.core("A");
  replica::OpenInvitation open;
  open.compartments = {core.control.membership.compartments().front().id};
  open.invitation = access::make_invitation(core.environment.random, core.identity.space,
                                            ward.clock().now().wall, valid);
  return replica::save_invitation(core, open);
}

TEST(Membership, AsManyInvitationsAreOpenAsTheLimitSaysAndOneMoreIsRefusedInWords) {
  TestSpace ward;
  ward.found("A");
  for (std::size_t i = 0; i < limits::kOpenInvitations; ++i) {
    ASSERT_TRUE(try_to_invite(ward, std::chrono::hours(1)));
  }
  const auto before = open_at(ward);
  ASSERT_EQ(before.size(), limits::kOpenInvitations);
  const Status refused = try_to_invite(ward, std::chrono::hours(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().message(),
            "This device has given out 12 invitations that nobody has used yet: let one be used or "
            "expire before you make another.");
  // The first is as good as it was.
  const auto keys = access::make_device_keys(ward.core("A").environment.random);
  EXPECT_TRUE(come(ward, keys, before.back()));
  EXPECT_TRUE(try_to_invite(ward, std::chrono::hours(1)));  // a used one doesn't count
}

TEST(Membership, TheNewestInvitationIsTriedFirstWhateverItsEnd) {
  TestSpace ward;
  ward.found("A");
  invite(ward, std::chrono::hours(9));
  const auto newest = invite(ward, std::chrono::minutes(1));
  EXPECT_EQ(open_at(ward).front().invitation.secret.view(), newest.invitation.secret.view());
}

TEST(Membership, ExpiredInvitationsDoNotCount) {
  TestSpace ward;
  ward.found("A");
  for (std::size_t i = 0; i < limits::kOpenInvitations; ++i) {
    ASSERT_TRUE(try_to_invite(ward, std::chrono::minutes(1)));
  }
  ward.clock().pass(std::chrono::minutes(1));
  EXPECT_TRUE(try_to_invite(ward, std::chrono::minutes(1)));
  EXPECT_EQ(open_at(ward).size(), 1u);
}

TEST(Membership, AllThatIsAnsweredFitsIntoWhatASessionTries) {
  TestSpace ward;
  ward.found("A");
  for (std::size_t round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < limits::kOpenInvitations; ++i) {
      ASSERT_TRUE(try_to_invite(ward, std::chrono::minutes(1)));
    }
    if (round < 2) ward.clock().pass(std::chrono::minutes(1));
  }
  EXPECT_EQ(open_at(ward).size(), limits::kOpenInvitations);
  EXPECT_EQ(replica::expired_secrets(ward.core("A"))->size(), limits::kClosedInvitations);
}

TEST(Membership, AnInvitationThatWasSeenExpiredStaysSoWhenTheClockGoesBack) {
  TestSpace ward;
  ward.found("A");
  const auto open = invite(ward, std::chrono::minutes(10));
  ward.clock().pass(std::chrono::minutes(11));
  ward.crash("A");  // and is opened again, which sees it
  ward.clock().now_.wall.ms -= std::chrono::milliseconds(std::chrono::minutes(11)).count();
  EXPECT_TRUE(open_at(ward).empty());
  EXPECT_EQ(replica::expired_secrets(ward.core("A"))->size(), 1u);
  const auto keys = access::make_device_keys(ward.core("A").environment.random);
  EXPECT_EQ(come(ward, keys, open).error().code(), ErrorCode::invitation_refused);
}

TEST(Membership, AnInvitationIsOverWhereTheClockStandsBeforeItsMaking) {
  for (const auto& [back, over] :
       {std::pair(std::chrono::minutes(2), false), std::pair(std::chrono::minutes(3), true)}) {
    TestSpace ward;
    ward.found("A");
    invite(ward, std::chrono::minutes(10));
    ward.clock().now_.wall.ms -= std::chrono::milliseconds(back).count();
    EXPECT_EQ(open_at(ward).empty(), over);
  }
}

TEST(Membership, TwoWhoComeAtOnceWithOneInvitationAreNotBothLetIn) {
  TestSpace ward;
  ward.found("A");
  const auto seen_by_both = invite(ward, std::chrono::minutes(10));  // before either was let in
  const auto first = access::make_device_keys(ward.core("A").environment.random);
  const auto second = access::make_device_keys(ward.core("A").environment.random);
  ASSERT_TRUE(come(ward, first, seen_by_both));
  EXPECT_EQ(come(ward, second, seen_by_both).error().code(), ErrorCode::invitation_refused);
}

TEST(Membership, WhoWasCutOffComesAgainWithTheSameInvitationThoughItHasExpired) {
  TestSpace ward;
  ward.found("A");
  const auto open = invite(ward, std::chrono::minutes(1));
  const auto keys = access::make_device_keys(ward.core("A").environment.random);
  const auto certificate = come(ward, keys, open);
  ASSERT_TRUE(certificate);
  ward.clock().pass(std::chrono::hours(1));
  ASSERT_EQ(open_at(ward).size(), 1u);
  EXPECT_EQ(*come(ward, keys, open_at(ward)[0]), *certificate);
  const auto other = access::make_device_keys(ward.core("A").environment.random);
  EXPECT_FALSE(come(ward, other, open_at(ward)[0]));
}

TEST(Membership, AMemberReadsAndWritesButDoesNotInvite) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  ward.put("B", "cases/1", "status", R"("open")");
  ward.settle();
  EXPECT_EQ(ward.json("A", "cases/1"), R"({"status":"open"})");
  const auto keys = access::make_device_keys(ward.core("B").environment.random);
  const auto refused =
      replica::admit(ward.core("B"), request(ward, keys), invite(ward, std::chrono::minutes(5)));
  EXPECT_FALSE(refused);
}

TEST(Membership, AMemberCannotOpenAScopeThatNoOwnerHasMade) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  const Status refused = ward.edit("B", [](replica::Edit& edit) {
    return edit.put_json({"zone-1", "cases", "1"}, "status", R"("open")");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::not_authorised);
  EXPECT_EQ(refused.error().message(),
            "The space has no part for that scope yet: an owner has to write there first.");
}

TEST(Membership, ADeviceHoldsNothingOfAScopeItMayNotRead) {
  TestSpace ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));  // before the scope exists: no rights there
  ASSERT_TRUE(ward.edit("A", [](replica::Edit& edit) {
    return edit.put_json({"zone-1", "cases", "1"}, "note", R"("for zone 1 alone")");
  }));
  ward.settle();
  const DocumentId id{"zone-1", "cases", "1"};
  EXPECT_TRUE(replica::ReadView(ward.core("A").reading()).json(id));
  EXPECT_FALSE(replica::ReadView(ward.core("B").reading()).json(id));
  for (const auto& [log, row] : ward.core("B").logs.rows()) {
    const auto* compartment = ward.core("B").control.membership.compartment(log.compartment);
    if (compartment != nullptr) {
      EXPECT_NE(compartment->scope, "zone-1");
    }
  }
}

TEST(Membership, AStrangerWithoutTheSpacesKeyGetsNotOneByte) {
  TestSpace ward;
  ward.found("A");
  TestSpace other(2);
  other.found("X");
  engine::ReplicaDelegate host(ward.core("A"), {});
  engine::ReplicaDelegate stranger_host(other.core("X"), {});
  auto config = *engine::sync_config(other.core("X"));
  config.space = ward.core("A").identity.space;  // knows the space's id, not its key
  session::SessionLimiter sessions;
  Chance random(3);
  auto caller = peer::Peer::sync(std::move(config), stranger_host, random, ward.clock().now());
  auto called = peer::Peer::serve(*engine::serve_config(ward.core("A"), {}), host, sessions, random,
                                  ward.clock().now());
  called.handle_bytes(caller.poll_transmit(ward.clock().now()), ward.clock().now());
  EXPECT_TRUE(called.poll_transmit(ward.clock().now()).empty());
  EXPECT_TRUE(called.finished());
  EXPECT_FALSE(called.result());
}

}  // namespace
}  // namespace relais::testing

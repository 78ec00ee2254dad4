#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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

replica::OpenInvitation invite(TestSpace& space, std::chrono::minutes valid) {
  replica::Core& core = space.core("A");
  replica::OpenInvitation open;
  for (const auto& compartment : core.control.membership.compartments()) {
    open.compartments.push_back(compartment.id);
  }
  open.invitation = access::make_invitation(core.environment.random, core.identity.space,
                                            space.clock().now().wall, valid);
  EXPECT_TRUE(replica::save_invitation(core, open));
  return open;
}

access::JoinRequest request(TestSpace& space, const access::DeviceKeys& keys) {
  return access::make_join_request(keys, space.core("A").identity.space);
}

TEST(Membership, ANameThatADeviceWasGivenIsWrittenAsSoonAsItMayBe) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  replica::Core& core = space.core("B");
  store::Batch batch;
  batch.put(store::Family::meta, store::meta_key(store::meta::kGivenName), "Tablet B");
  ASSERT_TRUE(core.store->commit(batch, store::Durability::synced));
  EXPECT_THAT(
      replica::status(replica::Snapshot(core))->warnings,
      ::testing::ElementsAre(
          "Other devices don't know this device's name: it may not write where names are kept."));
  ASSERT_TRUE(replica::save_given_name(core));
  EXPECT_THAT(replica::status(replica::Snapshot(core))->warnings, ::testing::IsEmpty());
  ASSERT_TRUE(space.sync("A", "B").caller);
  EXPECT_EQ(replica::device_name(space.core("A").reading(), core.identity.device()), "Tablet B");
}

TEST(Membership, AnInvitationLetsOneDeviceInAndNoOther) {
  TestSpace space;
  space.found("A");
  const auto open = invite(space, std::chrono::minutes(10));
  const auto first = access::make_device_keys(space.core("A").environment.random);
  const auto second = access::make_device_keys(space.core("A").environment.random);
  const auto certificate = replica::admit(space.core("A"), request(space, first), open);
  ASSERT_TRUE(certificate);
  const auto stored = replica::open_invitations(space.core("A"));
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->size(), 1u);
  const auto refused = replica::admit(space.core("A"), request(space, second), (*stored)[0]);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::invitation_refused);
  // An admitted joiner may come again if it was cut off before it heard so.
  EXPECT_EQ(*replica::admit(space.core("A"), request(space, first), (*stored)[0]), *certificate);
}

TEST(Membership, AnExpiredInvitationLetsNobodyIn) {
  TestSpace space;
  space.found("A");
  const auto open = invite(space, std::chrono::minutes(1));
  space.clock().pass(std::chrono::minutes(1));
  EXPECT_TRUE(replica::open_invitations(space.core("A"))->empty());
  const auto keys = access::make_device_keys(space.core("A").environment.random);
  const auto refused = replica::admit(space.core("A"), request(space, keys), open);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "The invitation isn't valid any more.");
}

/// Open invitations of device A.
std::vector<replica::OpenInvitation> open_at(TestSpace& space) {
  auto open = replica::open_invitations(space.core("A"));
  EXPECT_TRUE(open);
  return std::move(*open);
}

Result<Bytes> come(TestSpace& space, const access::DeviceKeys& keys,
                   const replica::OpenInvitation& invitation) {
  return replica::admit(space.core("A"), request(space, keys), invitation);
}

Status try_to_invite(TestSpace& space, std::chrono::minutes valid) {
  replica::Core& core = space.core("A");
  replica::OpenInvitation open;
  open.compartments = {core.control.membership.compartments().front().id};
  open.invitation = access::make_invitation(core.environment.random, core.identity.space,
                                            space.clock().now().wall, valid);
  return replica::save_invitation(core, open);
}

TEST(Membership, AsManyInvitationsAreOpenAsTheLimitSaysAndOneMoreIsRefusedInWords) {
  TestSpace space;
  space.found("A");
  for (std::size_t i = 0; i < limits::kOpenInvitations; ++i) {
    ASSERT_TRUE(try_to_invite(space, std::chrono::hours(1)));
  }
  const auto before = open_at(space);
  ASSERT_EQ(before.size(), limits::kOpenInvitations);
  const Status refused = try_to_invite(space, std::chrono::hours(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().message(),
            "This device has given out 12 unused invitations: let one be used or expire before you "
            "make another.");
  // The first is still valid.
  const auto keys = access::make_device_keys(space.core("A").environment.random);
  EXPECT_TRUE(come(space, keys, before.back()));
  EXPECT_TRUE(try_to_invite(space, std::chrono::hours(1)));  // a used one is not counted
}

TEST(Membership, TheNewestInvitationIsTriedFirstWhateverItsEnd) {
  TestSpace space;
  space.found("A");
  invite(space, std::chrono::hours(9));
  const auto newest = invite(space, std::chrono::minutes(1));
  EXPECT_EQ(open_at(space).front().invitation.secret.view(), newest.invitation.secret.view());
}

TEST(Membership, ExpiredInvitationsDoNotCount) {
  TestSpace space;
  space.found("A");
  for (std::size_t i = 0; i < limits::kOpenInvitations; ++i) {
    ASSERT_TRUE(try_to_invite(space, std::chrono::minutes(1)));
  }
  space.clock().pass(std::chrono::minutes(1));
  EXPECT_TRUE(try_to_invite(space, std::chrono::minutes(1)));
  EXPECT_EQ(open_at(space).size(), 1u);
}

TEST(Membership, AllThatIsAnsweredFitsIntoWhatASessionTries) {
  TestSpace space;
  space.found("A");
  for (std::size_t round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < limits::kOpenInvitations; ++i) {
      ASSERT_TRUE(try_to_invite(space, std::chrono::minutes(1)));
    }
    if (round < 2) space.clock().pass(std::chrono::minutes(1));
  }
  EXPECT_EQ(open_at(space).size(), limits::kOpenInvitations);
  EXPECT_EQ(replica::expired_secrets(space.core("A"))->size(), limits::kClosedInvitations);
}

TEST(Membership, AnInvitationThatWasSeenExpiredStaysSoWhenTheClockGoesBack) {
  TestSpace space;
  space.found("A");
  const auto open = invite(space, std::chrono::minutes(10));
  space.clock().pass(std::chrono::minutes(11));
  space.crash("A");  // the reopened device sees it
  space.clock().now_.wall.ms -= std::chrono::milliseconds(std::chrono::minutes(11)).count();
  EXPECT_TRUE(open_at(space).empty());
  EXPECT_EQ(replica::expired_secrets(space.core("A"))->size(), 1u);
  const auto keys = access::make_device_keys(space.core("A").environment.random);
  EXPECT_EQ(come(space, keys, open).error().code(), ErrorCode::invitation_refused);
}

TEST(Membership, AnInvitationIsOverWhereTheClockStandsBeforeItsMaking) {
  for (const auto& [back, over] :
       {std::pair(std::chrono::minutes(2), false), std::pair(std::chrono::minutes(3), true)}) {
    TestSpace space;
    space.found("A");
    invite(space, std::chrono::minutes(10));
    space.clock().now_.wall.ms -= std::chrono::milliseconds(back).count();
    EXPECT_EQ(open_at(space).empty(), over);
  }
}

TEST(Membership, TwoWhoComeAtOnceWithOneInvitationAreNotBothLetIn) {
  TestSpace space;
  space.found("A");
  const auto seen_by_both = invite(space, std::chrono::minutes(10));  // before either was admitted
  const auto first = access::make_device_keys(space.core("A").environment.random);
  const auto second = access::make_device_keys(space.core("A").environment.random);
  ASSERT_TRUE(come(space, first, seen_by_both));
  EXPECT_EQ(come(space, second, seen_by_both).error().code(), ErrorCode::invitation_refused);
}

TEST(Membership, WhoWasCutOffComesAgainWithTheSameInvitationThoughItHasExpired) {
  TestSpace space;
  space.found("A");
  const auto open = invite(space, std::chrono::minutes(1));
  const auto keys = access::make_device_keys(space.core("A").environment.random);
  const auto certificate = come(space, keys, open);
  ASSERT_TRUE(certificate);
  space.clock().pass(std::chrono::hours(1));
  ASSERT_EQ(open_at(space).size(), 1u);
  EXPECT_EQ(*come(space, keys, open_at(space)[0]), *certificate);
  const auto other = access::make_device_keys(space.core("A").environment.random);
  EXPECT_FALSE(come(space, other, open_at(space)[0]));
}

TEST(Membership, AMemberReadsAndWritesButDoesNotInvite) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  space.put("B", "cases/1", "status", R"("open")");
  space.settle();
  EXPECT_EQ(space.json("A", "cases/1"), R"({"status":"open"})");
  const auto keys = access::make_device_keys(space.core("B").environment.random);
  const auto open = invite(space, std::chrono::minutes(5));
  ASSERT_TRUE(replica::save_invitation(space.core("B"), open));  // as a modified program does
  const auto refused = replica::admit(space.core("B"), request(space, keys), open);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "This device may not admit others: ask an owner of the space.");
}

TEST(Membership, AMemberCannotOpenAScopeThatNoOwnerHasMade) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));
  const Status refused = space.edit("B", [](replica::Edit& edit) {
    return edit.put_json({"zone-1", "cases", "1"}, "status", R"("open")");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::not_authorised);
  EXPECT_EQ(refused.error().message(),
            "The space has no part for that scope yet: an owner has to write there first.");
}

TEST(Membership, ADeviceHoldsNothingOfAScopeItMayNotRead) {
  TestSpace space;
  space.found("A");
  ASSERT_TRUE(space.join("B", "A"));  // before the scope exists: no rights there
  ASSERT_TRUE(space.edit("A", [](replica::Edit& edit) {
    return edit.put_json({"zone-1", "cases", "1"}, "note", R"("for zone 1 alone")");
  }));
  space.settle();
  const DocumentId id{"zone-1", "cases", "1"};
  EXPECT_TRUE(replica::ReadView(space.core("A").reading()).json(id));
  const auto json = replica::ReadView(space.core("B").reading()).json(id);
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().message(), "There is no such document.");
  const auto zone = log::compartment_id(space.core("A").identity.space, "zone-1", "records");
  const auto logs_in_zone = [&](const std::string& device) {
    const auto& rows = space.core(device).logs.rows();
    return std::count_if(rows.begin(), rows.end(),
                         [&](const auto& row) { return row.first.compartment == zone; });
  };
  EXPECT_EQ(logs_in_zone("A"), 1);
  EXPECT_EQ(logs_in_zone("B"), 0);
}

TEST(Membership, AStrangerWithoutTheSpacesKeyGetsNotOneByte) {
  TestSpace space;
  space.found("A");
  TestSpace other(2);
  other.found("X");
  engine::ReplicaDelegate delegate(space.core("A"), {});
  engine::ReplicaDelegate stranger_delegate(other.core("X"), {});
  auto config = *engine::sync_config(other.core("X"));
  config.space = space.core("A").identity.space;  // knows the space's id, not its key
  session::SessionLimiter sessions;
  Chance random(3);
  auto caller = peer::Peer::sync(std::move(config), stranger_delegate, random, space.clock().now());
  auto called = peer::Peer::serve(*engine::serve_config(space.core("A"), {}), delegate, sessions,
                                  random, space.clock().now());
  called.handle_bytes(caller.poll_transmit(space.clock().now()), space.clock().now());
  EXPECT_TRUE(called.poll_transmit(space.clock().now()).empty());
  EXPECT_TRUE(called.finished());
  EXPECT_FALSE(called.result());
}

}  // namespace
}  // namespace relais::testing

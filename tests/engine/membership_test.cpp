#include <gtest/gtest.h>

#include "access/invitation.h"
#include "base/limits.h"
#include "engine/invitations.h"
#include "engine/own_commit.h"
#include "support/ward.h"

namespace relais::testing {
namespace {

engine::OpenInvitation invite(Ward& ward, std::chrono::minutes valid) {
  engine::Core& core = ward.core("A");
  engine::OpenInvitation open;
  for (const auto& compartment : core.control.membership.compartments()) {
    open.compartments.push_back(compartment.id);
  }
  open.invitation = access::make_invitation(core.environment.random, core.identity.space,
                                            ward.clock().now().wall, valid);
  EXPECT_TRUE(engine::save_invitation(core, open));
  return open;
}

access::JoinRequest request(Ward& ward, const access::DeviceKeys& keys) {
  return access::make_join_request(keys, ward.core("A").identity.space);
}

TEST(Membership, AnInvitationLetsOneDeviceInAndNoOther) {
  Ward ward;
  ward.found("A");
  const auto open = invite(ward, std::chrono::minutes(10));
  const auto first = access::make_device_keys(ward.core("A").environment.random);
  const auto second = access::make_device_keys(ward.core("A").environment.random);
  const auto certificate = engine::admit(ward.core("A"), request(ward, first), open);
  ASSERT_TRUE(certificate);
  const auto stored = engine::open_invitations(ward.core("A"));
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->size(), 1u);
  const auto refused = engine::admit(ward.core("A"), request(ward, second), (*stored)[0]);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::invitation_refused);
  // The one it let in may come again, if it was cut off before it heard so.
  EXPECT_EQ(*engine::admit(ward.core("A"), request(ward, first), (*stored)[0]), *certificate);
}

TEST(Membership, AnExpiredInvitationLetsNobodyIn) {
  Ward ward;
  ward.found("A");
  const auto open = invite(ward, std::chrono::minutes(1));
  ward.clock().pass(std::chrono::minutes(1));
  EXPECT_TRUE(engine::open_invitations(ward.core("A"))->empty());
  const auto keys = access::make_device_keys(ward.core("A").environment.random);
  const auto refused = engine::admit(ward.core("A"), request(ward, keys), open);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "The invitation isn't valid any more.");
}

TEST(Membership, ANewInvitationIsOpenHoweverManyLongerOnesThereAre) {
  Ward ward;
  ward.found("A");
  for (std::size_t i = 0; i < 2 * limits::kOpenInvitations; ++i)
    invite(ward, std::chrono::hours(9));
  ward.clock().now_.wall = {};  // 1970: all of them seem to last for decades
  const auto newest = invite(ward, std::chrono::minutes(1));
  const auto open = engine::open_invitations(ward.core("A"));
  ASSERT_TRUE(open);
  ASSERT_EQ(open->size(), limits::kOpenInvitations);
  EXPECT_EQ(open->front().invitation.secret.view(), newest.invitation.secret.view());
}

TEST(Membership, AMemberReadsAndWritesButDoesNotInvite) {
  Ward ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  ward.put("B", "cases/1", "status", R"("open")");
  ward.settle();
  EXPECT_EQ(ward.json("A", "cases/1"), R"({"status":"open"})");
  const auto keys = access::make_device_keys(ward.core("B").environment.random);
  const auto refused =
      engine::admit(ward.core("B"), request(ward, keys), invite(ward, std::chrono::minutes(5)));
  EXPECT_FALSE(refused);
}

TEST(Membership, AMemberCannotOpenAScopeThatNoOwnerHasMade) {
  Ward ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));
  const Status refused = ward.edit("B", [](engine::Edit& edit) {
    return edit.put_json({"zone-1", "cases", "1"}, "status", R"("open")");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::not_authorised);
  EXPECT_EQ(refused.error().message(),
            "The space has no part for that scope yet: an owner has to write there first.");
}

TEST(Membership, ADeviceHoldsNothingOfAScopeItMayNotRead) {
  Ward ward;
  ward.found("A");
  ASSERT_TRUE(ward.join("B", "A"));  // before the scope exists: no rights there
  ASSERT_TRUE(ward.edit("A", [](engine::Edit& edit) {
    return edit.put_json({"zone-1", "cases", "1"}, "note", R"("for zone 1 alone")");
  }));
  ward.settle();
  const DocumentId id{"zone-1", "cases", "1"};
  EXPECT_TRUE(engine::Reader(ward.core("A"), *ward.core("A").store).json(id));
  EXPECT_FALSE(engine::Reader(ward.core("B"), *ward.core("B").store).json(id));
  for (const auto& [log, row] : ward.core("B").logs.rows()) {
    const auto* compartment = ward.core("B").control.membership.compartment(log.compartment);
    if (compartment != nullptr) {
      EXPECT_NE(compartment->scope, "zone-1");
    }
  }
}

TEST(Membership, AStrangerWithoutTheSpacesKeyGetsNotOneByte) {
  Ward ward;
  ward.found("A");
  Ward other(2);
  other.found("X");
  engine::SyncHost host(ward.core("A"), {});
  engine::SyncHost stranger_host(other.core("X"), {});
  auto config = *engine::sync_config(other.core("X"));
  config.space = ward.core("A").identity.space;  // knows the space's id, not its key
  session::Reception reception;
  Chance random(3);
  auto caller = peer::Peer::sync(std::move(config), stranger_host, random, ward.clock().now());
  auto called = peer::Peer::serve(*engine::serve_config(ward.core("A"), {}), host, reception,
                                  random, ward.clock().now());
  called.handle_bytes(caller.poll_transmit(ward.clock().now()), ward.clock().now());
  EXPECT_TRUE(called.poll_transmit(ward.clock().now()).empty());
  EXPECT_TRUE(called.finished());
  EXPECT_FALSE(called.result());
}

}  // namespace
}  // namespace relais::testing

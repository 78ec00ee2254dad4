#include <gtest/gtest.h>

#include "journey/note.h"
#include "reconcile/inventory.h"

namespace relais::journey {
namespace {

// Two devices that sync compare heads of logs, never changes: first one root, and where that
// differs, how much each has of which log. From that each knows what to send.
TEST(Journey5, TheOtherDeviceLacksIt) {
  TwoDevices devices;
  devices.write_through_engine();
  engine::ReplicaDelegate here(devices.here(), {});
  engine::ReplicaDelegate there(devices.there(), {});
  const auto ours = here.data_inventory(devices.there().identity.device());
  const auto theirs = there.data_inventory(devices.here().identity.device());

  const reconcile::SessionKey key{};
  EXPECT_NE(reconcile::root(key, ours), reconcile::root(key, theirs));
  const auto vectors = reconcile::vectors(key, theirs, false, there.author_list(), nullptr);
  ASSERT_TRUE(vectors);
  const auto comparison = reconcile::compare(key, ours, here.author_list(), *vectors);
  ASSERT_TRUE(comparison);
  ASSERT_EQ(comparison->to_send.size(), 1u);
  EXPECT_EQ(comparison->to_send[0].log, devices.our_log());
  EXPECT_EQ(comparison->to_send[0].theirs, 0u);
  EXPECT_TRUE(comparison->to_receive.empty());
}

}  // namespace
}  // namespace relais::journey

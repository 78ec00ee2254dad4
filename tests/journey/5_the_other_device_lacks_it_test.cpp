#include <gtest/gtest.h>

#include "journey/note.h"
#include "reconcile/inventory.h"

namespace relais::journey {
namespace {

// Two devices that sync compare heads of logs, never changes: first one root, and where that
// differs, how far each has which log (of many logs, the roots of parts of them come first). From
// that both know what to send.
TEST(Journey5, TheOtherDeviceLacksIt) {
  TwoDevices devices;
  devices.write_through_engine();
  engine::ReplicaDelegate here(devices.here(), {});
  engine::ReplicaDelegate there(devices.there(), {});
  const auto ours = here.data_inventory(devices.there().identity.device());
  const auto theirs = there.data_inventory(devices.here().identity.device());

  const reconcile::SessionKey key{};
  EXPECT_NE(reconcile::root(key, ours), reconcile::root(key, theirs));
  const auto logs_there = reconcile::opening(key, theirs, false);
  ASSERT_TRUE(logs_there);
  const auto differences = reconcile::compare(key, ours, *logs_there);
  ASSERT_TRUE(differences);
  ASSERT_EQ(differences->size(), 1u);
  EXPECT_EQ((*differences)[0].log, devices.our_log());
  EXPECT_EQ((*differences)[0].ours, 1u);
  EXPECT_EQ((*differences)[0].theirs, 0u);

  // Stated to the other device in this order, the differences also number the logs.
  const auto stated = reconcile::state(key, ours, false, *differences);
  const auto heard = reconcile::read(key, theirs, stated);
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->size(), 1u);
  EXPECT_EQ((*heard)[0].log, devices.our_log());
  EXPECT_EQ((*heard)[0].theirs, 1u);
}

}  // namespace
}  // namespace relais::journey

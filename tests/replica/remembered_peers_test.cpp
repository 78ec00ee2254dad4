#include <gtest/gtest.h>

#include "store/tables/peer_memory.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

/// Two devices that have synced, and remember each other.
class RememberedPeers : public ::testing::Test {
 protected:
  RememberedPeers() {
    space.found("A");
    space.join("B", "A");
    edit("A");
    edit("B");
    sync("B", "A");
    sync("B", "A");
  }
  void edit(const std::string& device) {
    space.put(device, "cases/1", device, std::to_string(++edits_));
  }
  peer::Report sync(const std::string& caller, const std::string& called) {
    const SyncResults results = space.sync(caller, called);
    EXPECT_TRUE(results.caller) << results.caller.error().message();
    if (!results.caller) return {};
    EXPECT_TRUE(results.caller->in_sync);
    EXPECT_TRUE(results.caller->mismatched.empty());
    return *results.caller;
  }
  void expect_one_round_trip(const std::string& caller, const std::string& called) {
    const peer::Report report = sync(caller, called);
    EXPECT_EQ(report.round_trips, 1u);
    EXPECT_LE(report.handshake_bytes, 300u);
    EXPECT_LE(report.bytes_sent + report.bytes_received, 500u);
    EXPECT_SAME(space);
  }
  bool remembers(const std::string& device, const std::string& peer) {
    replica::Core& core = space.core(device);
    return store::find_peer_memory(*core.store, space.core(peer).identity.device())->has_value();
  }

  TestSpace space;

 private:
  int edits_ = 0;
};

TEST_F(RememberedPeers, SendOneAnotherOneEditInOneRoundTrip) {
  edit("B");
  expect_one_round_trip("B", "A");
  edit("A");
  expect_one_round_trip("B", "A");
  edit("A");
  expect_one_round_trip("A", "B");
}

TEST_F(RememberedPeers, AreRememberedAfterAnotherOpening) {
  ASSERT_TRUE(space.reopen("A"));
  ASSERT_TRUE(space.reopen("B"));
  edit("B");
  expect_one_round_trip("B", "A");
}

TEST_F(RememberedPeers, ThatLostTheirLastCommitsCompareWhatTheyHold) {
  edit("B");
  sync("B", "A");
  space.crash("B");
  edit("B");
  sync("B", "A");
  EXPECT_SAME(space);
}

TEST_F(RememberedPeers, LearnFromOthersInBetween) {
  ASSERT_TRUE(space.join("C", "A"));
  sync("C", "A");
  sync("B", "A");
  for (int i = 0; i < 3; ++i) {
    edit("C");
    edit("B");
    sync("C", "A");
    sync("B", "A");
    sync("C", "B");
    sync("C", "A");
  }
  EXPECT_SAME(space);
  edit("C");
  EXPECT_EQ(sync("C", "B").round_trips, 1u);
  EXPECT_EQ(space.json("C", "cases/1"), space.json("B", "cases/1"));
}

// The other session ends first, so that this one's memory holds less than the logs.
TEST_F(RememberedPeers, RememberWhatBothHeldNotWhatCameMeanwhile) {
  replica::Core& core = space.core("A");
  const DeviceId peer = space.core("B").identity.device();
  engine::ReplicaDelegate delegate(core, {});
  const auto control = delegate.control_inventory(peer);
  const auto data = delegate.data_inventory(peer);
  edit("A");
  delegate.remember(peer, reconcile::checkpoint(control, data), data);

  engine::ReplicaDelegate next(core, {});
  (void)next.control_inventory(peer);
  const auto now = next.data_inventory(peer);
  const auto memory = next.memory(peer);
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->checkpoint, reconcile::checkpoint(control, data));
  ASSERT_EQ(memory->changed.size(), 1u);
  const auto& [log, base] = *memory->changed.begin();
  EXPECT_EQ(log.author, core.identity.author());
  EXPECT_EQ(base, reconcile::head_of(data, log).seq);
  EXPECT_EQ(reconcile::head_of(now, log).seq, base + 1);
}

TEST_F(RememberedPeers, RememberALogThatAppearedMeanwhileAsOneOfWhichNothingWasHeld) {
  replica::Core& core = space.core("A");
  const DeviceId peer = space.core("B").identity.device();
  engine::ReplicaDelegate delegate(core, {});
  const auto control = delegate.control_inventory(peer);
  auto data = delegate.data_inventory(peer);
  for (auto& [compartment, heads] : data) heads.erase(core.identity.author());
  delegate.remember(peer, reconcile::checkpoint(control, data), data);

  engine::ReplicaDelegate next(core, {});
  (void)next.control_inventory(peer);
  (void)next.data_inventory(peer);
  const auto memory = next.memory(peer);
  ASSERT_TRUE(memory);
  ASSERT_EQ(memory->changed.size(), 1u);
  EXPECT_EQ(memory->changed.begin()->second, 0u);
}

// The third device joins after a compartment was made, which it may read and the second may not.
TEST_F(RememberedPeers, WithOtherCompartmentsThanBeforeAreComparedAnew) {
  const auto make = [&](const std::string& zone) {
    const Status made = space.edit("A", [&](replica::Edit& edit) {
      return edit.put_json({zone, "cases", "2"}, "status", R"("open")");
    });
    ASSERT_TRUE(made) << made.error().message();
  };
  make("north");
  ASSERT_TRUE(space.join("C", "A"));
  sync("C", "A");
  sync("B", "A");
  const auto remembered = [&](const std::string& peer) {
    const DeviceId device = space.core(peer).identity.device();
    engine::ReplicaDelegate delegate(space.core("A"), {});
    (void)delegate.control_inventory(device);
    (void)delegate.data_inventory(device);
    return delegate.memory(device).has_value();
  };
  EXPECT_TRUE(remembered("B"));
  EXPECT_TRUE(remembered("C"));
  replica::Core& core = space.core("A");
  const DeviceId c = space.core("C").identity.device();
  engine::ReplicaDelegate delegate(core, {});
  (void)delegate.control_inventory(c);
  auto data = delegate.data_inventory(c);
  (void)delegate.data_inventory(space.core("B").identity.device());  // fewer compartments
  delegate.remember(c, reconcile::Checkpoint(), data);
  EXPECT_FALSE(remembered("C"));
}

TEST_F(RememberedPeers, ThatAreForgottenShowTheirChainAgain) {
  EXPECT_TRUE(remembers("B", "A"));
  engine::ReplicaDelegate delegate(space.core("B"), {});
  delegate.forget(space.core("A").identity.device());
  EXPECT_FALSE(remembers("B", "A"));
  const peer::Report report = sync("B", "A");
  EXPECT_GT(report.handshake_bytes, 500u);
  EXPECT_TRUE(remembers("B", "A"));
}

}  // namespace
}  // namespace relais::testing

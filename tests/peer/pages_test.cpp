#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {
namespace {

/// A device with many more logs in `medical`, of one change each, which its disk has lost.
class CrowdedDelegate : public FakeDelegate {
 public:
  CrowdedDelegate(PeerSpace& space, const Actor& actor, std::uint32_t logs)
      : FakeDelegate(space.control.founding.space, actor, space.random),
        medical_(space.medical),
        logs_(logs) {
    for (std::uint32_t i = 1; i <= logs; ++i) damage({medical_, author(i)});
  }

  reconcile::Inventory data_inventory(const DeviceId& peer) override {
    auto inventory = FakeDelegate::data_inventory(peer);
    for (std::uint32_t i = 1; i <= logs_; ++i) inventory[medical_][author(i)] = {1, {}};
    return inventory;
  }

 private:
  static AuthorId author(std::uint32_t number) {
    AuthorId id;
    for (int i = 0; i < 4; ++i) id.data()[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
  }

  CompartmentId medical_;
  std::uint32_t logs_;
};

TestDevice crowded(PeerSpace& space, std::uint32_t logs) {
  TestDevice device = space.add_member();
  auto delegate = std::make_unique<CrowdedDelegate>(space, *device.actor, logs);
  delegate->member_of = device->member_of;
  delegate->shared = device->shared;
  device.delegate = std::move(delegate);
  return device;
}

TEST(Pages, OfManyLogsThatBothHoldAreComparedToTheirEnd) {
  constexpr std::uint32_t kLogs = 2 * limits::kLogsPerPage + 100;
  PeerSpace space;
  TestDevice a = crowded(space, kLogs);
  TestDevice b = crowded(space, kLogs);
  a->write(space.medical, 3, 100);
  b->write(space.medical, 2, 100);
  const Outcome outcome = sync(space, a, b);
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync);
  EXPECT_EQ(b->seq(a->own_log(space.medical)), 3u);
  EXPECT_EQ(a->seq(b->own_log(space.medical)), 2u);
  EXPECT_EQ(outcome.a.changes_received, 2u);
  EXPECT_EQ(outcome.b.changes_received, 3u);
}

TEST(Pages, OfManyLogsThatCanNotBeReadLeaveThemOutAndStopNoOther) {
  constexpr std::uint32_t kLogs = limits::kLogsPerPage + 100;
  for (const bool calls : {false, true}) {
    PeerSpace space;
    TestDevice a = crowded(space, kLogs);
    TestDevice b = space.add_member();
    a->write(space.medical, 3, 100);
    b->write(space.medical, 2, 100);
    const Outcome outcome = calls ? sync(space, a, b) : sync(space, b, a);
    EXPECT_FALSE(outcome.a.in_sync || outcome.b.in_sync);
    EXPECT_TRUE(outcome.a.mismatched.empty() && outcome.b.mismatched.empty());
    EXPECT_EQ(outcome.a.refused.size(), kLogs);
    EXPECT_EQ(outcome.b.refused.size(), kLogs);
    EXPECT_EQ(b->seq(a->own_log(space.medical)), 3u);
    EXPECT_EQ(a->seq(b->own_log(space.medical)), 2u);
  }
}

TEST(Pages, OfMoreLogsThanAStageHoldsAreNotSent) {
  PeerSpace space;
  TestDevice a = crowded(space, limits::kLogsPerStage);
  TestDevice b = space.add_member();
  a->write(space.medical, 1, 100);
  b->write(space.medical, 1, 100);
  PeerLink link(space, a, b);
  link.run();
  const auto result = link.a().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(result.error().message(), "There are more logs than one sync can compare.");
}

}  // namespace
}  // namespace relais::peer::test

#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {
namespace {

/// A tablet with so many more logs in `medical`, of one change each, that its disk lost.
class CrowdedHost : public FakeDelegate {
 public:
  CrowdedHost(PeerSpace& ward, const Actor& actor, std::uint32_t logs)
      : FakeDelegate(ward.space.founding.space, actor, ward.random),
        medical_(ward.medical),
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

Tablet crowded(PeerSpace& ward, std::uint32_t logs) {
  Tablet tablet = ward.tablet();
  auto host = std::make_unique<CrowdedHost>(ward, *tablet.actor, logs);
  host->member_of = tablet->member_of;
  host->shared = tablet->shared;
  tablet.host = std::move(host);
  return tablet;
}

TEST(Pages, OfManyLogsThatBothHoldAreComparedToTheirEnd) {
  constexpr std::uint32_t kLogs = 2 * limits::kLogsPerPage + 100;
  PeerSpace ward;
  Tablet a = crowded(ward, kLogs);
  Tablet b = crowded(ward, kLogs);
  a->write(ward.medical, 3, 100);
  b->write(ward.medical, 2, 100);
  const Outcome outcome = meet(ward, a, b);
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync);
  EXPECT_EQ(b->seq(a->own_log(ward.medical)), 3u);
  EXPECT_EQ(a->seq(b->own_log(ward.medical)), 2u);
  EXPECT_EQ(outcome.a.changes_received, 2u);
  EXPECT_EQ(outcome.b.changes_received, 3u);
}

TEST(Pages, OfManyLogsThatCanNotBeReadLeaveThemOutAndStopNoOther) {
  constexpr std::uint32_t kLogs = limits::kLogsPerPage + 100;
  for (const bool calls : {false, true}) {
    PeerSpace ward;
    Tablet a = crowded(ward, kLogs);
    Tablet b = ward.tablet();
    a->write(ward.medical, 3, 100);
    b->write(ward.medical, 2, 100);
    const Outcome outcome = calls ? meet(ward, a, b) : meet(ward, b, a);
    EXPECT_FALSE(outcome.a.in_sync || outcome.b.in_sync);
    EXPECT_TRUE(outcome.a.mismatched.empty() && outcome.b.mismatched.empty());
    EXPECT_EQ(outcome.a.refused.size(), kLogs);
    EXPECT_EQ(outcome.b.refused.size(), kLogs);
    EXPECT_EQ(b->seq(a->own_log(ward.medical)), 3u);
    EXPECT_EQ(a->seq(b->own_log(ward.medical)), 2u);
  }
}

TEST(Pages, OfMoreLogsThanAStageHoldsAreNotSent) {
  PeerSpace ward;
  Tablet a = crowded(ward, limits::kLogsPerStage);
  Tablet b = ward.tablet();
  a->write(ward.medical, 1, 100);
  b->write(ward.medical, 1, 100);
  PeerLink meeting(ward, a, b);
  meeting.run();
  const auto result = meeting.a().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(result.error().message(), "There are more logs to compare than one sync can.");
}

}  // namespace
}  // namespace relais::peer::test

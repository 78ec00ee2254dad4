#include "replica/projection_fixture.h"

namespace relais::testing {
namespace {

using Why = StatusReport::Awaited::Why;

/// Waiting changes are reported, with what they wait for.
class AwaitedTest : public ProjectionTest {
 protected:
  std::string device_of_writers() { return to_hex(space.core("A").identity.device().view()); }
};

TEST_F(AwaitedTest, AChangeThatHasNotComeIsNamedUntilItComes) {
  write(0, "first");
  write(1, "second", {{0, 1}});
  write(1, "third");
  bring(1, "R");
  StatusReport report = status("R");
  EXPECT_EQ(report.waiting, 2u);
  ASSERT_EQ(report.awaited.size(), 1u);
  EXPECT_EQ(report.awaited[0].why, Why::missing);
  EXPECT_FALSE(report.awaited[0].device) << "nothing of that log is here";
  EXPECT_EQ(report.awaited[0].changes, 1u) << "the other one waits behind it";
  EXPECT_THAT(report.warnings, ::testing::IsEmpty());
  bring(0, "R");
  report = status("R");
  EXPECT_THAT(report.awaited, ::testing::IsEmpty());
  EXPECT_EQ(report.waiting, 0u);
}

TEST_F(AwaitedTest, AChangeThatBuildsOnAnotherHistoryOfALogNamesTheDevice) {
  write(0, "first");
  auto other = change(1, "second", {{0, 1}});
  other.cites.cited[0].hash = *document::HeadPrefix::from(Bytes(document::HeadPrefix::kSize, 'x'));
  write(1, other);
  bring(0, "R");
  bring(1, "R");
  const StatusReport report = status("R");
  ASSERT_EQ(report.awaited.size(), 1u);
  EXPECT_EQ(report.awaited[0].why, Why::other_history);
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_EQ(
      report.warnings[0],
      "The device " + device_of_writers() +
          " seems to have written two histories of one log. Changes that wait for the history "
          "that isn't here: 1. Sync with the devices that wrote them to get a proof.");
}

TEST_F(AwaitedTest, AForkNamesTheDeviceThatMustJoinAnew) {
  write(0, "first");
  bring(0, "R");
  prove_fork("R", 0);
  write(0, "left out");
  write(1, "second", {{0, 2}});
  bring(1, "R");
  const StatusReport report = status("R");
  EXPECT_THAT(report.awaited, ::testing::IsEmpty());
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_EQ(report.warnings[0],
            "The device " + device_of_writers() +
                " wrote two histories of one log, as a copied folder does. Each device has "
                "one of them, and takes in no more of it: let the device join again as a new "
                "device, and write again what is missing.");
}

}  // namespace
}  // namespace relais::testing

#include "engine/sync/retry_policy.h"

#include <gtest/gtest.h>

#include "support/chance.h"

namespace relais::engine {
namespace {

constexpr Instant kStart{Duration(1'000'000)};
const Error kBusy(ErrorCode::busy, "busy");

TEST(RetryPolicy, RetriesABusyPeerWithGrowingDelaysUntilTheTimeIsOver) {
  testing::Chance chance(1);
  RetryPolicy retry(kStart);
  Instant now = kStart;
  int count = 0;
  Duration longest{0};
  while (const auto wait = retry.next_delay(kBusy, now, chance)) {
    EXPECT_GT(*wait, Duration(0));
    longest = std::max(longest, *wait);
    now += *wait + Duration(50);
    ++count;
  }
  EXPECT_GE(count, 15);
  EXPECT_LE(longest, limits::kLongestBackOff);
  EXPECT_GE(longest, limits::kLongestBackOff / 2);
  EXPECT_LT(now, kStart + limits::kBusyTime);
  const Error last = retry.final_error(kBusy);
  EXPECT_EQ(last.code(), ErrorCode::busy);
  EXPECT_EQ(last.message(),
            "The other device was busy with others for 30 seconds: try again later.");
}

TEST(RetryPolicy, DrawsDelaysAtRandom) {
  testing::Chance chance(2);
  std::set<Duration> waits;
  for (int i = 0; i < 12; ++i) waits.insert(*RetryPolicy(kStart).next_delay(kBusy, kStart, chance));
  EXPECT_GT(waits.size(), 6u);
  EXPECT_GE(*waits.begin(), limits::kFirstBackOff / 2);
  EXPECT_LE(*waits.rbegin(), limits::kFirstBackOff);
}

TEST(RetryPolicy, RetriesOnceAfterAFailedHandshake) {
  testing::Chance chance(3);
  RetryPolicy retry(kStart);
  const Error rejected(ErrorCode::handshake_failed, "out");
  EXPECT_TRUE(retry.next_delay(rejected, kStart, chance));
  EXPECT_FALSE(retry.next_delay(rejected, kStart, chance));
  EXPECT_TRUE(retry.next_delay(kBusy, kStart, chance));
  EXPECT_EQ(retry.final_error(rejected).message(), "out");
}

TEST(RetryPolicy, EndsAtAnyOtherError) {
  testing::Chance chance(4);
  for (const ErrorCode code : {ErrorCode::unreachable, ErrorCode::timed_out, ErrorCode::link_failed,
                               ErrorCode::invitation_refused, ErrorCode::peer_misbehaved}) {
    EXPECT_FALSE(RetryPolicy(kStart).next_delay(Error(code, "other"), kStart, chance));
  }
}

}  // namespace
}  // namespace relais::engine

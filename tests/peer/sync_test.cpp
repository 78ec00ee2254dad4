#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/ward.h"

namespace relais::peer::test {
namespace {

TEST(Sync, OfTwoThatHoldTheSameTakesOneRoundTripAndFewBytes) {
  Ward ward;
  Tablet a = ward.tablet();
  Tablet b = ward.tablet();
  const Outcome outcome = meet(ward, a, b);
  EXPECT_TRUE(outcome.a.in_sync);
  EXPECT_TRUE(outcome.b.in_sync);
  EXPECT_EQ(outcome.a.round_trips, 1u);
  EXPECT_EQ(outcome.b.round_trips, 1u);
  EXPECT_LE(outcome.a.bytes_sent + outcome.a.bytes_received, 200u);
  EXPECT_EQ(outcome.a.bytes_sent, outcome.b.bytes_received);
  EXPECT_EQ(outcome.a.bytes_received, outcome.b.bytes_sent);
  EXPECT_EQ(outcome.a.handshake_bytes, outcome.b.handshake_bytes);
  EXPECT_EQ(outcome.a.handshake_bytes + outcome.a.bytes_sent + outcome.a.bytes_received,
            outcome.wire.size());
  EXPECT_EQ(outcome.a.peer, b.actor->id());
  EXPECT_EQ(outcome.b.peer, a.actor->id());
}

}  // namespace
}  // namespace relais::peer::test

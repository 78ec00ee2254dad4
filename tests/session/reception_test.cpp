#include "session/reception.h"

#include <gtest/gtest.h>

#include "session/pair.h"

namespace relais::session {
namespace {

using State = Session::State;
using test::Pair;

TEST(Reception, HoldsEightHalfOpenSessionsAndNoNinth) {
  Pair pair;
  pair.make();
  std::vector<Session> sessions;
  while (pair.reception.half_open() < limits::kHalfOpenSessions) {
    sessions.push_back(
        Session::respond(pair.b_config, pair.b_door, pair.reception, pair.random, pair.now));
    EXPECT_EQ(sessions.back().state(), State::handshaking);
  }
  Session ninth =
      Session::respond(pair.b_config, pair.b_door, pair.reception, pair.random, pair.now);
  EXPECT_EQ(ninth.state(), State::failed);
  EXPECT_EQ(pair.written_by(ninth), "");
  pair.drive();  // one of the eight is established, which frees its place
  EXPECT_EQ(pair.reception.half_open(), limits::kHalfOpenSessions - 1);
  sessions.clear();
  EXPECT_EQ(pair.reception.half_open(), 0u);
}

TEST(Reception, RemembersTheLastEphemeralsAndForgetsTheOneBefore) {
  relais::test::SeededRandom random(1);
  Reception reception;
  const auto first = random.draw<crypto::DhPublicKey>();
  const auto second = random.draw<crypto::DhPublicKey>();
  reception.remember(first);
  reception.remember(second);
  for (std::size_t i = 2; i < limits::kRecentEphemerals; ++i) {
    reception.remember(random.draw<crypto::DhPublicKey>());
  }
  EXPECT_TRUE(reception.knows(first));
  reception.remember(random.draw<crypto::DhPublicKey>());
  EXPECT_FALSE(reception.knows(first));
  EXPECT_TRUE(reception.knows(second));
  reception.remember(random.draw<crypto::DhPublicKey>());
  EXPECT_FALSE(reception.knows(second));
}

// Random bytes, in one or several portions, of which some begin with a length that could be right.
void visit(Pair& pair, int index) {
  Session stranger =
      Session::respond(pair.b_config, pair.b_door, pair.reception, pair.random, pair.now);
  Bytes garbage = pair.random.bytes(1 + pair.random.below(3000));
  if (index % 2 == 0) garbage.replace(0, std::min<std::size_t>(2, garbage.size()), {'\0', 48});
  for (std::size_t at = 0; at < garbage.size();) {
    const std::size_t size = 1 + pair.random.below(1000);
    stranger.handle_bytes(pair.now, BytesView(garbage).substr(at, size));
    at += size;
  }
  EXPECT_NE(stranger.state(), State::established);
  EXPECT_EQ(pair.written_by(stranger), "") << index;
  stranger.handle_closed(pair.now);
  EXPECT_EQ(stranger.state(), State::failed);
}

TEST(Reception, AThousandConnectionsOfRandomBytesGetSilenceAndLeaveNothing) {
  Pair pair;
  for (int i = 0; i < 1000; ++i) visit(pair, i);
  EXPECT_EQ(pair.reception.half_open(), 0u);
  EXPECT_EQ(pair.b_door.calls, 0);
  pair.meet();
  EXPECT_EQ(pair.b->state(), State::established);
}

TEST(Reception, AStrangersFirstMessageIsNotRemembered) {
  Pair pair;
  pair.make();
  Bytes first = pair.written_by(*pair.a);
  Bytes bad = first;
  bad.back() ^= 1;
  Session stranger =
      Session::respond(pair.b_config, pair.b_door, pair.reception, pair.random, pair.now);
  pair.give(stranger, bad);
  EXPECT_EQ(stranger.state(), State::failed);
  pair.give(*pair.b, first);  // whom somebody raced to the door still comes in
  EXPECT_NE(pair.written_by(*pair.b), "");
}

}  // namespace
}  // namespace relais::session

#include <gtest/gtest.h>

#include "session/pair.h"

namespace relais::session {
namespace {

using State = Session::State;
using test::expect_silent_failure;
using test::Pair;

TEST(SessionHandshake, AFirstMessageIsRefusedByItsLengthAlone) {
  for (const std::size_t size :
       {limits::kHandshakeMessage1Bytes, limits::kHandshakeMessage1Bytes + 1}) {
    Pair pair;
    pair.make();
    const char length[] = {static_cast<char>(size >> 8), static_cast<char>(size)};
    pair.give(*pair.b, BytesView(length, 2));
    const bool taken = size == limits::kHandshakeMessage1Bytes;
    EXPECT_EQ(pair.b->state(), taken ? State::handshaking : State::failed);
  }
}

TEST(SessionHandshake, LaterMessagesAreRefusedByTheirLengthAlone) {
  for (const std::size_t size :
       {limits::kHandshakeMessageBytes, limits::kHandshakeMessageBytes + 1}) {
    Pair pair;
    pair.make();
    pair.give(*pair.b, pair.written_by(*pair.a));
    const char length[] = {static_cast<char>(size >> 8), static_cast<char>(size)};
    pair.give(*pair.a, BytesView(length, 2));
    pair.give(*pair.b, BytesView(length, 2));
    const State expected =
        size == limits::kHandshakeMessageBytes ? State::handshaking : State::failed;
    EXPECT_EQ(pair.a->state(), expected);
    EXPECT_EQ(pair.b->state(), expected);
  }
}

TEST(SessionHandshake, MustEndInItsTime) {
  Pair pair;
  pair.make();
  EXPECT_EQ(pair.a->deadline(), pair.now.monotonic + limits::kHandshakeTime);
  EXPECT_EQ(pair.b->deadline(), pair.now.monotonic + limits::kHandshakeTime);
  pair.wait(limits::kHandshakeTime - Duration(1));
  EXPECT_EQ(pair.b->state(), State::handshaking);
  pair.wait(Duration(1));
  expect_silent_failure(pair, *pair.b);
  // The caller knows that it was not refused.
  EXPECT_EQ(pair.a->error()->code(), ErrorCode::timed_out);
  EXPECT_EQ(pair.a->error()->message(),
            "The other device was reached, but did not answer in time.");
  EXPECT_EQ(pair.sessions.half_open(), 0u);
}

TEST(SessionHandshake, AMessageAfterItsTimeIsTooLateEvenIfNobodyLookedAtTheClock) {
  Pair pair;
  pair.make();
  const Bytes first = pair.written_by(*pair.a);
  pair.now.monotonic += limits::kHandshakeTime;
  pair.give(*pair.b, first);
  expect_silent_failure(pair, *pair.b);
}

}  // namespace
}  // namespace relais::session

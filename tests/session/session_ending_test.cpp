#include <gtest/gtest.h>

#include "session/pair.h"

// How sessions end: END, a cut, silence, tampering.
namespace relais::session {
namespace {

using State = Session::State;
using test::Pair;

void expect_over(Pair& pair, Session& session, State state, ErrorCode code) {
  EXPECT_EQ(session.state(), state);
  ASSERT_TRUE(session.error().has_value());
  EXPECT_EQ(session.error()->code(), code);
  EXPECT_TRUE(session.done());
  EXPECT_EQ(session.deadline(), std::nullopt);
  session.send("too late");
  session.finish();
  EXPECT_EQ(pair.written_by(session), "");
}

TEST(SessionEnd, BothFinishAndBothAreDone) {
  Pair pair;
  pair.connect();
  pair.a->send("last words");
  pair.a->finish();
  pair.drive();
  EXPECT_EQ(pair.b->state(), State::ended);
  EXPECT_FALSE(pair.b->done());
  EXPECT_FALSE(pair.a->done());
  pair.b->send("an answer");
  pair.b->finish();
  EXPECT_FALSE(pair.b->done());  // not before END is written
  pair.drive();
  EXPECT_EQ(pair.a->state(), State::ended);
  EXPECT_TRUE(pair.a->done());
  EXPECT_TRUE(pair.b->done());
  EXPECT_EQ(pair.received_by(*pair.b), std::vector<Bytes>{"last words"});
  EXPECT_EQ(pair.received_by(*pair.a), std::vector<Bytes>{"an answer"});
  pair.a->handle_closed(pair.now);
  pair.b->handle_closed(pair.now);
  EXPECT_EQ(pair.a->state(), State::ended);
  EXPECT_EQ(pair.a->error(), std::nullopt);
  EXPECT_EQ(pair.b->error(), std::nullopt);
}

TEST(SessionEnd, ALinkThatGoesWithoutEndIsCutNotEnded) {
  Pair pair;
  pair.connect();
  pair.a->send("whole");
  pair.drive();
  pair.a->send(Bytes(100000, 'x'));
  pair.a->finish();
  Bytes wire = pair.written_by(*pair.a);
  pair.give(*pair.b, BytesView(wire).substr(0, wire.size() - 1));  // END lacks a byte
  pair.b->handle_closed(pair.now);
  expect_over(pair, *pair.b, State::cut, ErrorCode::link_failed);
  EXPECT_EQ(pair.b->error()->message(), "The link was cut before both devices had finished.");
  EXPECT_EQ(pair.received_by(*pair.b), (std::vector<Bytes>{"whole", Bytes(100000, 'x')}));
}

TEST(SessionEnd, AnyTruncationIsCutAndGivesOnlyWholeMessages) {
  Pair pair;
  pair.connect();
  for (std::size_t kept = 0; kept < 200; ++kept) {
    pair.connect();
    pair.a->send("one");
    Bytes wire = pair.written_by(*pair.a);
    pair.a->send("two");
    wire += pair.written_by(*pair.a);
    pair.a->finish();
    wire += pair.written_by(*pair.a);
    ASSERT_EQ(wire.size(), 150u);
    pair.give(*pair.b, BytesView(wire).substr(0, kept));
    pair.b->handle_closed(pair.now);
    EXPECT_EQ(pair.b->state(), kept < 150 ? State::cut : State::ended) << kept;
    EXPECT_EQ(pair.received_by(*pair.b).size(), std::min<std::size_t>(kept / 50, 2)) << kept;
  }
}

TEST(SessionEnd, ABitFlippedAnywhereInAFrameFailsTheSession) {
  Pair probe;
  probe.connect();
  probe.a->send("hello");
  const std::size_t size = probe.written_by(*probe.a).size();
  for (std::size_t at = 0; at < size; ++at) {
    Pair pair;
    pair.connect();
    pair.a->send("before");
    pair.drive();
    pair.a->send("hello");
    Bytes wire = pair.written_by(*pair.a);
    wire[at] ^= 0x10;
    pair.give(*pair.b, wire);
    if (at < 2) pair.give(*pair.b, pair.random.bytes(65537));  // it may wait for a longer frame
    expect_over(pair, *pair.b, State::failed, ErrorCode::link_failed);
    EXPECT_EQ(pair.b->error()->message(), "Bytes arrived that the other device did not send.");
    EXPECT_EQ(pair.received_by(*pair.b), std::vector<Bytes>{"before"});
  }
}

TEST(SessionEnd, ARepeatedAReorderedAndAReflectedFrameFail) {
  for (const int attack : {0, 1, 2}) {
    Pair pair;
    pair.connect();
    pair.a->send("one");
    const Bytes one = pair.written_by(*pair.a);
    pair.a->send("two");
    const Bytes two = pair.written_by(*pair.a);
    Session& victim = attack == 2 ? *pair.a : *pair.b;
    pair.give(victim, attack == 0 ? one + one : attack == 1 ? two + one : one);
    EXPECT_EQ(victim.state(), State::failed) << attack;
    EXPECT_EQ(pair.received_by(victim).size(), attack == 0 ? 1u : 0u);
  }
}

TEST(SessionEnd, WhatComesAfterEndIsIgnored) {
  Pair pair;
  pair.connect();
  pair.a->finish();
  pair.give(*pair.b, pair.written_by(*pair.a) + "garbage");
  pair.give(*pair.b, "more garbage");
  EXPECT_EQ(pair.b->state(), State::ended);
}

TEST(SessionEnd, KeepAlivesHoldAnIdleSessionOpen) {
  Pair pair;
  pair.connect();
  const Instant stop = pair.now.monotonic + 20 * limits::kIdleTime;
  while (pair.now.monotonic < stop) {
    const Instant next = std::min(*pair.a->deadline(), *pair.b->deadline());
    ASSERT_GT(next, pair.now.monotonic);
    pair.wait(next - pair.now.monotonic);
    pair.drive();
  }
  EXPECT_EQ(pair.a->state(), State::established);
  EXPECT_EQ(pair.b->state(), State::established);
  EXPECT_TRUE(pair.received_by(*pair.a).empty());
  // A frame of fifty bytes every third of the idle time, and a rekey every ten minutes.
  EXPECT_LE(pair.a->counters().bytes_sent, 148u + 61 * 50 + 50);
}

TEST(SessionEnd, SilenceCutsExactlyAtTheLimit) {
  Pair pair;
  pair.connect();
  pair.a->send("one frame, so that a link's end is a cut");
  pair.b->send("as above");
  pair.drive();
  const Instant last_received = pair.now.monotonic;
  while (pair.now.monotonic < last_received + limits::kIdleTime - Duration(1)) {
    const Instant next =
        std::min(*pair.b->deadline(), last_received + limits::kIdleTime - Duration(1));
    pair.wait(next - pair.now.monotonic);
    pair.written_by(*pair.a);  // all lost
    pair.written_by(*pair.b);
    ASSERT_EQ(pair.b->state(), State::established);
  }
  pair.wait(Duration(1));
  expect_over(pair, *pair.a, State::cut, ErrorCode::timed_out);
  expect_over(pair, *pair.b, State::cut, ErrorCode::timed_out);
  EXPECT_EQ(pair.a->error()->message(), "The other device was silent for too long.");
}

TEST(SessionEnd, ALinkThatTakesNothingMakesNoBusyLoop) {
  Pair pair;
  pair.connect();
  int wakes = 0;
  while (pair.b->state() == State::established && wakes < 100) {
    pair.wait(*pair.b->deadline() - pair.now.monotonic);  // no poll_transmit
    ++wakes;
  }
  EXPECT_EQ(wakes, 2);  // the keep-alive, and the end
}

TEST(SessionEnd, AFrameThatTakesMinutesOnASlowLineDoesNotTimeOut) {
  Pair pair;
  pair.connect();
  pair.a->send(Bytes(16000, 'x'));
  for (const char c : pair.written_by(*pair.a)) {
    pair.wait(Duration(20));
    pair.give(*pair.b, BytesView(&c, 1));
  }
  EXPECT_EQ(pair.received_by(*pair.b).size(), 1u);
}

TEST(SessionEnd, APeerThatSaysEndButNeverLetsUsFinishIsLeft) {
  Pair pair;
  pair.connect();
  pair.a->finish();
  pair.drive();
  EXPECT_EQ(pair.b->deadline(), pair.now.monotonic + limits::kIdleTime);
  pair.wait(limits::kIdleTime);
  expect_over(pair, *pair.b, State::ended, ErrorCode::timed_out);
}

TEST(SessionEnd, AfterEndALinkThatGoesBeforeOursIsOutLeavesWhatCameComplete) {
  Pair pair;
  pair.connect();
  pair.a->finish();
  pair.drive();
  pair.b->send("not written in time");
  pair.b->handle_closed(pair.now);
  expect_over(pair, *pair.b, State::ended, ErrorCode::link_failed);
}

TEST(SessionEnd, AfterEndProgressOfOursCountsAsLife) {
  Pair pair;
  pair.connect();
  pair.a->finish();
  pair.drive();
  for (int i = 0; i < 10; ++i) {
    pair.wait(limits::kIdleTime - Duration(1));
    pair.b->send(Bytes(1000, 'x'));
    pair.drive();
    ASSERT_EQ(pair.b->state(), State::ended);
  }
  EXPECT_EQ(pair.received_by(*pair.a).size(), 10u);
}

TEST(SessionEnd, FinishTwiceSendsOneEnd) {
  Pair pair;
  pair.connect();
  pair.a->finish();
  pair.a->finish();
  EXPECT_EQ(pair.written_by(*pair.a).size(), 50u);
  pair.a->finish();
  EXPECT_EQ(pair.written_by(*pair.a), "");
}

}  // namespace
}  // namespace relais::session

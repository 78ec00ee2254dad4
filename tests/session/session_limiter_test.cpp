#include "session/session_limiter.h"

#include <gtest/gtest.h>

#include <memory>

#include "session/pair.h"

namespace relais::session {
namespace {

using State = Session::State;
using test::Pair;

/// A device that calls `pair`'s device b with its own static key.
struct Caller {
  explicit Caller(Pair& with, const Bytes& machine = "a machine") : pair(with) {
    InitiatorConfig calling = pair.a_config;
    calling.static_key = crypto::make_dh_key_pair(pair.random);
    ResponderConfig called = pair.b_config;
    called.machine = machine;
    a.emplace(Session::initiate(calling, pair.a_authenticator, pair.random, pair.now));
    b.emplace(Session::respond(called, pair.b_authenticator, pair.sessions, pair.random, pair.now));
  }
  /// Sends message 1; the answer is not delivered yet.
  void send_message_1() { pair.give(*b, pair.written_by(*a)); }
  void hear() { pair.give(*a, pair.written_by(*b)); }
  void wake() {
    for (Session* session : {&*a, &*b}) {
      if (session->deadline() && *session->deadline() <= pair.now.monotonic) {
        session->handle_timeout(pair.now);
      }
    }
  }
  void talk() {
    for (int i = 0; i < 4; ++i) {
      wake();
      hear();
      send_message_1();
    }
  }
  bool in() const { return a->was_established() && b->was_established(); }

  Pair& pair;
  std::optional<Session> a, b;
};

std::vector<std::unique_ptr<Caller>> crowd(Pair& pair, std::size_t size, const Bytes& machine) {
  std::vector<std::unique_ptr<Caller>> visitors;
  for (std::size_t i = 0; i < size; ++i) {
    visitors.push_back(std::make_unique<Caller>(pair, machine));
    visitors.back()->send_message_1();
  }
  return visitors;
}

TEST(SessionLimiter, TakesNoPlaceForWhoHasSaidNothing) {
  Pair pair;
  std::vector<std::unique_ptr<Caller>> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(std::make_unique<Caller>(pair));
  EXPECT_EQ(pair.sessions.half_open(), 0u);
  pair.connect();
  EXPECT_EQ(pair.b->state(), State::established);
}

TEST(SessionLimiter, HoldsEightHalfOpenSessionsAndTheNinthWaitsForOneOfThem) {
  Pair pair;
  auto visitors = crowd(pair, limits::kHalfOpenSessions + 1, "a machine");
  EXPECT_EQ(pair.sessions.half_open(), limits::kHalfOpenSessions);
  EXPECT_EQ(pair.sessions.waiting(), 1u);
  Caller& ninth = *visitors.back();
  EXPECT_EQ(pair.written_by(*ninth.b), "");
  EXPECT_EQ(ninth.b->state(), State::handshaking);
  EXPECT_EQ(ninth.b->deadline(), pair.now.monotonic + limits::kTurnTime);
  visitors.erase(visitors.begin());
  pair.now.monotonic += limits::kTurnTime;
  ninth.talk();
  EXPECT_TRUE(ninth.in());
  visitors.clear();
  EXPECT_EQ(pair.sessions.half_open(), 0u);
}

TEST(SessionLimiter, LetsInTwelveMembersWhoComeAtOnceOverASlowLink) {
  Pair pair;
  auto visitors = crowd(pair, 12, "one hotspot");
  for (int second = 0; second < 3; ++second) {  // each flight of a handshake takes 0.7 s
    pair.now.monotonic += Duration(700);
    for (const auto& visitor : visitors) {
      visitor->wake();
      visitor->hear();
      visitor->send_message_1();
    }
  }
  for (const auto& visitor : visitors) EXPECT_TRUE(visitor->in());
}

TEST(SessionLimiter, TellsWhoWaitsTooLongThatItIsBusyAndNothingElse) {
  Pair pair;
  auto visitors = crowd(pair, limits::kHalfOpenSessions + 1, "a machine");
  Caller& ninth = *visitors.back();
  pair.now.monotonic += limits::kWaitingTime - Duration(1);
  ninth.talk();
  EXPECT_EQ(ninth.b->state(), State::handshaking);
  pair.now.monotonic += limits::kTurnTime;
  ninth.wake();
  ASSERT_TRUE(ninth.b->has_final_answer());
  const Bytes word = pair.written_by(*ninth.b);
  EXPECT_EQ(word.size(), 2 + limits::kAnswerBytes);
  EXPECT_TRUE(ninth.b->done());
  pair.give(*ninth.a, word);
  for (const auto* side : {&*ninth.a, &*ninth.b}) {
    ASSERT_TRUE(side->error());
    EXPECT_EQ(side->error()->code(), ErrorCode::busy);
    EXPECT_EQ(side->error()->retry(), Retry::later);
  }
  EXPECT_EQ(ninth.a->error()->message(),
            "The other device is busy with others. Try again in a moment.");
}

TEST(SessionLimiter, IsBelievedToBeBusyOnlyByWhoWasToldUnderTheKeyForThisFirstMessage) {
  Pair pair;
  auto visitors = crowd(pair, limits::kHalfOpenSessions + 2, "a machine");
  pair.now.monotonic += limits::kWaitingTime;
  Caller& one = *visitors[limits::kHalfOpenSessions];
  Caller& other = *visitors.back();
  for (Caller* each : {&one, &other}) each->wake();
  const Bytes for_one = pair.written_by(*one.b);
  pair.give(*other.a, for_one);
  EXPECT_EQ(other.a->error()->code(), ErrorCode::handshake_failed);
  Bytes altered = for_one;
  altered.back() ^= 1;
  pair.give(*one.a, altered);
  EXPECT_EQ(one.a->error()->code(), ErrorCode::handshake_failed);
}

TEST(SessionLimiter, LetsSixtyFourWaitAndSendsAwayTheLastOfTheMachineWithMost) {
  Pair pair;
  auto many = crowd(pair, limits::kHalfOpenSessions + limits::kWaitingSessions - 1, "many");
  Caller lone(pair, "lone");
  lone.send_message_1();
  EXPECT_EQ(pair.sessions.waiting(), limits::kWaitingSessions);
  Caller one_more(pair, "other");
  one_more.send_message_1();
  EXPECT_EQ(pair.sessions.waiting(), limits::kWaitingSessions);
  pair.now.monotonic += limits::kTurnTime;
  for (Caller* each : {many.back().get(), many[many.size() - 2].get(), &lone, &one_more}) {
    each->wake();
  }
  EXPECT_TRUE(many.back()->b->has_final_answer());
  EXPECT_FALSE(many[many.size() - 2]->b->has_final_answer());
  EXPECT_FALSE(lone.b->has_final_answer() || one_more.b->has_final_answer());
}

TEST(SessionLimiter, GivesAFreePlaceToTheMachineThatHasFewest) {
  Pair pair;
  auto crowding = crowd(pair, 2 * limits::kHalfOpenSessions, "crowding");
  Caller honest(pair, "honest");
  honest.send_message_1();
  crowding.erase(crowding.begin());  // one of the eight
  pair.now.monotonic += limits::kTurnTime;
  honest.talk();
  EXPECT_TRUE(honest.in());
}

TEST(SessionLimiter, HoldsFourSessionsOfOnePeerAndEndsTheOldestForTheFifth) {
  Pair pair;
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<Session> sessions;
  for (std::size_t i = 0; i <= limits::kSessionsAPeer; ++i) {
    pair.connect();  // always with the same static key
    ASSERT_EQ(pair.b->state(), State::established);
    for (Session& before : sessions) before.handle_timeout(pair.now);
    const bool all_are_there = i < limits::kSessionsAPeer;
    if (!sessions.empty()) {
      EXPECT_EQ(sessions.front().state(), all_are_there ? State::established : State::cut);
    }
    sessions.push_back(std::move(*pair.b));
  }
  EXPECT_EQ(sessions.front().error()->code(), ErrorCode::session_closed);
  for (std::size_t i = 1; i < sessions.size(); ++i) {
    EXPECT_EQ(sessions[i].state(), State::established);
  }
}

TEST(SessionLimiter, IsBusyWhileAllSessionsThereMayBeAreOpen) {
  Pair pair;
  SessionLimiter small({.half_open = 8, .waiting = 8, .open = 2});
  std::vector<SessionLimiter::Slot> places;
  for (int i = 0; i < 2; ++i) {
    places.push_back(small.add("a machine", pair.now.monotonic));
    places.back().establish(pair.random.draw<crypto::DhPublicKey>());
  }
  auto third = small.add("a machine", pair.now.monotonic);
  EXPECT_EQ(third.decide(pair.now.monotonic), SessionLimiter::Decision::wait);
  places.pop_back();
  EXPECT_EQ(third.decide(pair.now.monotonic), SessionLimiter::Decision::proceed);
}

TEST(SessionLimiter, TellsWhoComesWithAnExpiredInvitationAndComputesNothing) {
  Pair pair;
  pair.b_config.candidates[0].mode = pair.a_config.mode = Mode::invitation;
  pair.b_config.candidates[0].refused = true;
  pair.connect();
  EXPECT_EQ(pair.b_authenticator.calls, 0);
  EXPECT_EQ(pair.sessions.half_open(), 0u);
  EXPECT_EQ(pair.a->error()->code(), ErrorCode::invitation_refused);
  EXPECT_EQ(pair.b->error()->code(), ErrorCode::invitation_refused);
  EXPECT_EQ(pair.a->error()->message(),
            "The other device refused the invitation: it was used or has expired. Ask for a new "
            "one.");
}

TEST(SessionLimiter, RemembersTheLastEphemeralsAndForgetsTheOneBefore) {
  relais::test::SeededRandom random(1);
  SessionLimiter sessions;
  const auto first = random.draw<crypto::DhPublicKey>();
  const auto second = random.draw<crypto::DhPublicKey>();
  sessions.remember(first);
  sessions.remember(second);
  for (std::size_t i = 2; i < limits::kRecentEphemerals; ++i) {
    sessions.remember(random.draw<crypto::DhPublicKey>());
  }
  EXPECT_TRUE(sessions.has_seen(first));
  sessions.remember(random.draw<crypto::DhPublicKey>());
  EXPECT_FALSE(sessions.has_seen(first));
  EXPECT_TRUE(sessions.has_seen(second));
  sessions.remember(random.draw<crypto::DhPublicKey>());
  EXPECT_FALSE(sessions.has_seen(second));
}

// Sends random bytes, in one or several portions; some begin with a plausible length.
void visit(Pair& pair, int index) {
  Session stranger =
      Session::respond(pair.b_config, pair.b_authenticator, pair.sessions, pair.random, pair.now);
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

TEST(SessionLimiter, AThousandConnectionsOfRandomBytesGetSilenceAndLeaveNothing) {
  Pair pair;
  for (int i = 0; i < 1000; ++i) visit(pair, i);
  EXPECT_EQ(pair.sessions.half_open(), 0u);
  EXPECT_EQ(pair.b_authenticator.calls, 0);
  pair.connect();
  EXPECT_EQ(pair.b->state(), State::established);
}

TEST(SessionLimiter, AStrangersFirstMessageIsNotRemembered) {
  Pair pair;
  pair.make();
  Bytes first = pair.written_by(*pair.a);
  Bytes bad = first;
  bad.back() ^= 1;
  Session stranger =
      Session::respond(pair.b_config, pair.b_authenticator, pair.sessions, pair.random, pair.now);
  pair.give(stranger, bad);
  EXPECT_EQ(stranger.state(), State::failed);
  pair.give(*pair.b, first);  // accepted although a stranger sent an altered copy first
  EXPECT_NE(pair.written_by(*pair.b), "");
}

}  // namespace
}  // namespace relais::session

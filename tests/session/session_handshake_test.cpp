#include <gtest/gtest.h>

#include "session/pair.h"

namespace relais::session {
namespace {

using State = Session::State;
using test::expect_silent_failure;
using test::Pair;

TEST(SessionHandshake, BothSidesLearnKeysPayloadsAndTheSameHash) {
  Pair pair;
  pair.connect();
  EXPECT_EQ(pair.a->state(), State::established);
  EXPECT_EQ(pair.b->state(), State::established);
  EXPECT_EQ(pair.a->peer_static(), pair.b_key.public_key);
  EXPECT_EQ(pair.b->peer_static(), pair.a_key.public_key);
  EXPECT_EQ(pair.a->handshake_hash(), pair.b->handshake_hash());
  EXPECT_EQ(pair.a_authenticator.received, "certificates of b");
  EXPECT_EQ(pair.b_authenticator.received, "certificates of a");
  EXPECT_EQ(pair.a_authenticator.key, pair.b_key.public_key);
  EXPECT_EQ(pair.b_authenticator.key, pair.a_key.public_key);
  EXPECT_EQ(pair.a_authenticator.calls, 1);
  EXPECT_EQ(pair.b_authenticator.calls, 1);
  EXPECT_EQ(pair.sessions.half_open(), 0u);
}

TEST(SessionHandshake, TwoSessionsHaveDifferentHashes) {
  Pair pair;
  pair.connect();
  const crypto::Hash first = pair.a->handshake_hash();
  pair.connect();
  EXPECT_NE(pair.a->handshake_hash(), first);
}

TEST(SessionHandshake, WorksByteByByte) {
  Pair pair;
  pair.make();
  pair.drive(1);
  EXPECT_EQ(pair.a->state(), State::established);
  EXPECT_EQ(pair.b->state(), State::established);
}

TEST(SessionHandshake, MessagesHaveTheSizesOfTheSpecification) {
  Pair pair;
  pair.make();
  const Bytes first = pair.written_by(*pair.a);
  EXPECT_EQ(first.size(), 2u + 32 + 16);
  pair.give(*pair.b, first);
  const Bytes second = pair.written_by(*pair.b);
  EXPECT_EQ(second.size(), 2u + 32 + 48 + 32 + 16);  // the payload is padded to 32
  pair.give(*pair.a, second);
  const Bytes third = pair.written_by(*pair.a);
  EXPECT_EQ(third.size(), 2u + 48 + 32 + 16);
  pair.give(*pair.b, third);
  const std::uint64_t all = first.size() + second.size() + third.size();
  EXPECT_EQ(pair.a->counters().handshake_bytes, all);
  EXPECT_EQ(pair.b->counters().handshake_bytes, all);
  EXPECT_EQ(pair.a->counters().bytes_sent, first.size() + third.size());
  EXPECT_EQ(pair.b->counters().bytes_received, first.size() + third.size());
  EXPECT_EQ(pair.b->counters().bytes_sent, second.size());
  EXPECT_EQ(pair.a->counters().bytes_received, second.size());
}

TEST(SessionHandshake, ThePrologueNamesProtocolSpaceAndMode) {
  SpaceId space;
  space.bytes.fill(0xab);
  EXPECT_EQ(make_prologue(space, Mode::code), "relais/1" + Bytes(32, '\xab') + "\x03");
}

TEST(SessionHandshake, PayloadsMayBeEmptyOrAsLongAsTheLimit) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kHandshakePayloadBytes}) {
    Pair pair;
    pair.b_config.candidates[0].payload = Bytes(size, 'b');
    pair.a_authenticator.answer = Bytes(size, '\0');
    pair.connect();
    EXPECT_EQ(pair.b->state(), State::established);
    EXPECT_EQ(pair.a_authenticator.received, Bytes(size, 'b'));
    EXPECT_EQ(pair.b_authenticator.received, Bytes(size, '\0'));
  }
}

TEST(SessionHandshake, AMessageAtItsLimitFitsAndAPayloadBeyondIsOurMistake) {
  Pair pair;
  pair.b_config.candidates[0].payload = Bytes(kHandshakePayloadBytes, 'b');
  pair.make();
  pair.give(*pair.b, pair.written_by(*pair.a));
  EXPECT_EQ(pair.written_by(*pair.b).size(), 2 + limits::kHandshakeMessageBytes);
  pair.b_config.candidates[0].payload.push_back('b');
  EXPECT_DEATH(pair.connect(), "check failed");
}

TEST(SessionHandshake, AResponderFindsTheCandidateAmongSixteen) {
  for (const std::size_t right : {0u, 7u, 15u}) {
    Pair pair;
    const Candidate good = pair.b_config.candidates[0];
    pair.b_config.candidates.clear();
    for (std::size_t i = 0; i < limits::kPskCandidates; ++i) {
      const auto psk0 = pair.random.draw<crypto::SymmetricKey>();
      pair.b_config.candidates.push_back({psk0, Mode::sync, "wrong"});
    }
    pair.b_config.candidates[right] = good;
    pair.connect();
    EXPECT_EQ(pair.b->state(), State::established);
    EXPECT_EQ(pair.b->candidate(), right);
    EXPECT_EQ(pair.b_authenticator.candidate, right);
    EXPECT_EQ(pair.a_authenticator.received, "certificates of b");
  }
}

TEST(SessionHandshake, MoreCandidatesThanTheLimitAreOurMistake) {
  Pair pair;
  pair.b_config.candidates.resize(limits::kPskCandidates + 1);
  EXPECT_DEATH(pair.make(), "check failed");
}

TEST(SessionHandshake, TheModeOfTheCandidateThatFittedIsTheSessions) {
  Pair pair;
  pair.b_config.candidates.push_back(pair.b_config.candidates[0]);
  pair.b_config.candidates[1].mode = Mode::invitation;
  pair.a_config.mode = Mode::invitation;
  pair.connect();
  EXPECT_EQ(pair.a->mode(), Mode::invitation);
  EXPECT_EQ(pair.b->mode(), Mode::invitation);
  EXPECT_EQ(pair.b->candidate(), 1u);
  EXPECT_EQ(pair.b_authenticator.mode, Mode::invitation);
}

TEST(SessionHandshake, AWrongPskModeOrSpaceGetsSilence) {
  const auto wrong_psk = [](Pair& pair) {
    pair.a_config.psk0 = pair.random.draw<crypto::SymmetricKey>();
  };
  const auto wrong_mode = [](Pair& pair) { pair.a_config.mode = Mode::code; };
  const auto wrong_space = [](Pair& pair) { pair.a_config.space = pair.random.draw<SpaceId>(); };
  const auto no_candidates = [](Pair& pair) { pair.b_config.candidates.clear(); };
  using Change = void (*)(Pair&);
  for (const Change change :
       {Change(wrong_psk), Change(wrong_mode), Change(wrong_space), Change(no_candidates)}) {
    Pair pair;
    change(pair);
    pair.connect();
    expect_silent_failure(pair, *pair.b);
    EXPECT_EQ(pair.b_authenticator.calls, 0);
    EXPECT_EQ(pair.sessions.half_open(), 0u);
    pair.a->handle_closed(pair.now);
    expect_silent_failure(pair, *pair.a);
    EXPECT_EQ(pair.a_authenticator.calls, 0);
  }
}

TEST(SessionHandshake, ARefusedResponderGetsNoCertificates) {
  Pair pair;
  pair.a_authenticator.accepts = false;
  pair.connect();
  expect_silent_failure(pair, *pair.a);
  EXPECT_EQ(pair.b_authenticator.calls, 0);
  pair.b->handle_closed(pair.now);
  expect_silent_failure(pair, *pair.b);
}

TEST(SessionHandshake, ARefusedInitiatorIsNotToldAndFailsWhenTheLinkCloses) {
  Pair pair;
  pair.b_authenticator.accepts = false;
  pair.connect();
  expect_silent_failure(pair, *pair.b);
  EXPECT_EQ(pair.a->state(), State::established);  // it cannot know yet
  pair.a->handle_closed(pair.now);
  expect_silent_failure(pair, *pair.a);
}

TEST(SessionHandshake, AReplayedFirstMessageIsRefused) {
  Pair pair;
  pair.make();
  const Bytes first = pair.written_by(*pair.a);
  pair.give(*pair.b, first);
  EXPECT_NE(pair.written_by(*pair.b), "");
  Session again =
      Session::respond(pair.b_config, pair.b_authenticator, pair.sessions, pair.random, pair.now);
  pair.give(again, first);
  expect_silent_failure(pair, again);
}

// Flips one bit of message `index` at `at`, and expects that no side is established.
void tamper(int index, std::size_t at) {
  SCOPED_TRACE(testing::Message() << "message " << index << ", byte " << at);
  Pair pair;
  pair.make();
  Session* sides[] = {&*pair.a, &*pair.b};
  for (int i = 0; i < 3; ++i) {
    Bytes message = pair.written_by(*sides[i % 2]);
    if (i == index) message[at] ^= 0x01;
    pair.give(*sides[1 - i % 2], message);
  }
  pair.a->handle_closed(pair.now);
  pair.b->handle_closed(pair.now);
  expect_silent_failure(pair, *pair.a);
  expect_silent_failure(pair, *pair.b);
  EXPECT_EQ(pair.sessions.half_open(), 0u);
  EXPECT_EQ(pair.b_authenticator.calls, 0);
}

TEST(SessionHandshake, ABitFlippedAnywhereEndsIt) {
  const std::size_t sizes[] = {50, 130, 98};
  for (int index = 0; index < 3; ++index) {
    for (std::size_t at = 0; at < sizes[index]; ++at) tamper(index, at);
  }
}

TEST(SessionHandshake, WhatIsSentBeforeItEndsArrivesAfterIt) {
  Pair pair;
  pair.make();
  pair.a->send("early from a");
  pair.b->send("early from b");
  pair.drive();
  EXPECT_EQ(pair.received_by(*pair.b), std::vector<Bytes>{"early from a"});
  EXPECT_EQ(pair.received_by(*pair.a), std::vector<Bytes>{"early from b"});
}

TEST(SessionHandshake, SurvivesThatTheSessionIsMoved) {
  Pair pair;
  pair.make();
  Session moved = std::move(*pair.b);
  pair.give(moved, pair.written_by(*pair.a));
  Session again = std::move(moved);
  pair.give(*pair.a, pair.written_by(again));
  pair.give(again, pair.written_by(*pair.a));
  EXPECT_EQ(again.state(), State::established);
  EXPECT_EQ(pair.sessions.half_open(), 0u);
}

}  // namespace
}  // namespace relais::session

#include <gtest/gtest.h>

#include "session/pair.h"
#include "support/secret_memory.h"

// A peer written from docs/spec/session.md on Noise alone, against a Session: checks the specified
// layout, and the specified reaction to what no Session would send.
namespace relais::session {
namespace {

using State = Session::State;
using relais::test::copies_of;
using test::Pair;

Bytes with_length(const Bytes& unit) {
  const Bytes length = {static_cast<char>(unit.size() >> 8), static_cast<char>(unit.size())};
  return length + unit;
}

// content, type, zeros.
Bytes padded(Bytes content, char type, std::size_t size) {
  content.push_back(type);
  content.resize(size, '\0');
  return content;
}

class ByHand : public testing::Test {
 protected:
  ByHand() : noise(kProtocolName, party()) {}

  noise::Party party() {
    const Bytes prologue = Bytes("relais/1").append(pair.a_config.space.view()).append("\x01");
    return {Role::initiator,
            prologue,
            pair.a_key,
            std::nullopt,
            {pair.a_config.psk0, crypto::SymmetricKey()}};
  }

  // The handshake, with `payload` inside message 1 and `hello` inside message 3.
  void handshake(BytesView payload, const Bytes& hello) {
    pair.make();
    Bytes first;
    ASSERT_TRUE(noise.write(pair.random, payload, first));
    pair.give(*pair.b, with_length(first));
    const Bytes second = pair.written_by(*pair.b);
    if (second.empty()) return;
    Bytes opened;
    ASSERT_TRUE(noise.read(BytesView(second).substr(2), opened));
    EXPECT_EQ(opened, padded("certificates of b", 1, 32));
    Bytes third;
    ASSERT_TRUE(noise.write(pair.random, hello, third));
    pair.give(*pair.b, with_length(third));
    hash = noise.hash();
    keys = noise.split();
  }

  void give(const Bytes& plain) {
    Bytes frame;
    ASSERT_TRUE(keys.send.encrypt(frame, {}, plain));
    pair.give(*pair.b, with_length(frame));
  }

  Pair pair;
  noise::HandshakeState noise;
  noise::HandshakeState::Transport keys;
  crypto::Hash hash;
};

TEST_F(ByHand, ASessionSpeaksAsTheSpecificationSays) {
  handshake({}, padded("certificates of a", 1, 32));
  ASSERT_EQ(pair.b->state(), State::established);
  EXPECT_EQ(pair.b_authenticator.received, "certificates of a");
  EXPECT_EQ(pair.b->handshake_hash(), hash);
  EXPECT_EQ(pair.b->peer_static(), pair.a_key.public_key);

  give(padded("\x05hello", 1, 32));
  EXPECT_EQ(pair.received_by(*pair.b), std::vector<Bytes>{"hello"});
  give(padded("", 3, 32));
  keys.send.rekey();
  give(
      padded("\x05"
             "again",
             1, 6 + 1));  // the sender chooses the padding
  EXPECT_EQ(pair.received_by(*pair.b), std::vector<Bytes>{"again"});

  pair.b->send("answer");
  Bytes opened;
  ASSERT_TRUE(keys.receive.decrypt(opened, {}, pair.written_by(*pair.b).substr(2)));
  EXPECT_EQ(opened, padded("\x06"
                           "answer",
                           1, 32));

  give(padded("", 2, 32));
  EXPECT_EQ(pair.b->state(), State::ended);
}

TEST_F(ByHand, AFirstMessageWithAPayloadGetsSilence) {
  handshake("x", padded("certificates of a", 1, 32));
  EXPECT_EQ(pair.b->state(), State::failed);
  EXPECT_EQ(pair.b_authenticator.calls, 0);
}

TEST_F(ByHand, AHelloThatIsNotOfTypeDataIsRefused) {
  handshake({}, padded("certificates of a", 2, 32));
  EXPECT_EQ(pair.b->state(), State::failed);
  EXPECT_EQ(pair.b_authenticator.calls, 0);
}

TEST_F(ByHand, AnAuthenticFrameAgainstTheRulesIsThePeersMisbehaviour) {
  handshake({}, padded("", 1, 32));
  ASSERT_EQ(pair.b->state(), State::established);
  give(padded("\x05hello", 4, 32));
  EXPECT_EQ(pair.b->state(), State::failed);
  ASSERT_TRUE(pair.b->error().has_value());
  EXPECT_EQ(pair.b->error()->code(), ErrorCode::peer_misbehaved);
  EXPECT_EQ(pair.b->error()->message(), "The other device broke the rules of the session.");
  EXPECT_EQ(pair.written_by(*pair.b), "");
}

TEST_F(ByHand, ADeadHandshakeHoldsNoKeys) {
  const BytesView secret = pair.a_key.secret_key.view();
  const std::size_t before = copies_of(secret);
  if (before == 0) GTEST_SKIP() << "this system doesn't show where secrets are";
  Bytes out;
  EXPECT_FALSE(noise.read("out of turn", out));
  EXPECT_EQ(copies_of(secret), before - 1);
}

TEST(SessionKeys, AreNoLongerInMemoryAfterTheHandshakeOrAFailure) {
  for (const bool fails : {false, true}) {
    Pair pair;
    pair.b_authenticator.accepts = !fails;
    const BytesView a_secret = pair.a_key.secret_key.view();
    const BytesView b_secret = pair.b_key.secret_key.view();
    const std::size_t of_a = copies_of(a_secret), of_b = copies_of(b_secret);
    if (of_a == 0) GTEST_SKIP() << "this system doesn't show where secrets are";
    pair.make();
    EXPECT_GT(copies_of(a_secret), of_a);
    EXPECT_GT(copies_of(b_secret), of_b);
    pair.drive();
    EXPECT_EQ(pair.b->state(), fails ? State::failed : State::established);
    EXPECT_EQ(copies_of(a_secret), of_a);
    EXPECT_EQ(copies_of(b_secret), of_b);
  }
}

}  // namespace
}  // namespace relais::session

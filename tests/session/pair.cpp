#include "session/pair.h"

#include <gtest/gtest.h>

namespace relais::session::test {

std::optional<Bytes> TestAuthenticator::authenticate(const PeerHello& peer) {
  ++calls;
  received = Bytes(peer.payload);
  key = peer.static_key;
  candidate = peer.candidate;
  mode = peer.mode;
  if (!accepts) return std::nullopt;
  return answer;
}

Pair::Pair(std::uint64_t seed) : random(seed) {
  RELAIS_CHECK(crypto::initialise());
  a_key = crypto::make_dh_key_pair(random);
  b_key = crypto::make_dh_key_pair(random);
  const auto space = random.draw<SpaceId>();
  const auto psk0 = random.draw<crypto::SymmetricKey>();
  a_config = {space, Mode::sync, psk0, a_key};
  b_config = {space, {{psk0, Mode::sync, "certificates of b"}}, b_key};
  a_authenticator.answer = "certificates of a";
}

void Pair::make() {
  a.emplace(Session::initiate(a_config, a_authenticator, random, now));
  b.emplace(Session::respond(b_config, b_authenticator, sessions, random, now));
}

void Pair::connect() {
  make();
  drive();
}

void Pair::drive(std::size_t portion) {
  for (bool busy = true; busy;) {
    busy = false;
    for (auto [from, to] : {std::pair(&*a, &*b), std::pair(&*b, &*a)}) {
      const Bytes bytes = written_by(*from);
      busy = busy || !bytes.empty();
      for (std::size_t i = 0; i < bytes.size(); i += portion) {
        give(*to, BytesView(bytes).substr(i, portion));
      }
    }
  }
}

Bytes Pair::written_by(Session& from) {
  Bytes all, part;
  while (from.poll_transmit(now, part)) all += part;
  return all;
}

void Pair::wait(Duration time) {
  now.monotonic += time;
  for (Session* session : {&*a, &*b}) {
    const auto deadline = session->deadline();
    if (deadline && *deadline <= now.monotonic) session->handle_timeout(now);
  }
}

std::vector<Bytes> Pair::received_by(Session& session) {
  std::vector<Bytes> messages;
  while (auto message = session.poll_message()) messages.push_back(std::move(*message));
  return messages;
}

void expect_silent_failure(Pair& pair, Session& session) {
  EXPECT_EQ(session.state(), Session::State::failed);
  EXPECT_EQ(pair.written_by(session), "");
  EXPECT_TRUE(session.done());
  EXPECT_EQ(session.deadline(), std::nullopt);
  ASSERT_TRUE(session.error().has_value());
  EXPECT_EQ(session.error()->code(), ErrorCode::handshake_failed);
  EXPECT_EQ(session.error()->message(), "No secure session could be set up with the other device.");
}

}  // namespace relais::session::test

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/vectors.h"
#include "session/session.h"

namespace relais::session::test {

using relais::test::SeededRandom;

/// Accepts every peer or none, answers with `answer`, and records the peer.
class TestAuthenticator : public Authenticator {
 public:
  std::optional<Bytes> authenticate(const PeerHello& peer) override;

  bool accepts = true;
  Bytes answer;
  int calls = 0;
  Bytes received;  ///< the peer's payload
  std::optional<crypto::DhPublicKey> key;
  std::size_t candidate = 99;
  Mode mode{};
};

/// A device "a" that calls and a device "b" that listens, with a link and a clock. Change the
/// configurations before `connect`.
class Pair {
 public:
  explicit Pair(std::uint64_t seed = 1);

  /// Makes both sessions without carrying bytes.
  void make();
  /// Makes both sessions and carries bytes until neither has any.
  void connect();
  /// Carries bytes until neither side has any, in portions of `portion` bytes.
  void drive(std::size_t portion = 1 << 20);
  /// All bytes that `from` has to write now.
  Bytes written_by(Session& from);
  void give(Session& to, BytesView bytes) { to.handle_bytes(now, bytes); }
  /// Advances the clock, and calls handle_timeout at each deadline.
  void wait(Duration time);
  std::vector<Bytes> received_by(Session& session);

  SeededRandom random;
  Now now{Instant(Duration(1'000'000)), {}};
  crypto::DhKeyPair a_key, b_key;
  InitiatorConfig a_config;
  ResponderConfig b_config;
  TestAuthenticator a_authenticator, b_authenticator;
  SessionLimiter sessions;
  std::optional<Session> a, b;
};

/// Expects what every failed handshake shows: nothing to send, no deadline, no reason.
void expect_silent_failure(Pair& pair, Session& session);

}  // namespace relais::session::test

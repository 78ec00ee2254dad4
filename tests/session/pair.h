#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/vectors.h"
#include "session/session.h"

namespace relais::session::test {

using relais::test::SeededRandom;

/// Accepts everybody or nobody, answers with `answer`, and remembers who asked.
class Doorkeeper : public Authenticator {
 public:
  std::optional<Bytes> authenticate(const PeerHello& peer) override;

  bool accepts = true;
  Bytes answer;
  int calls = 0;
  Bytes heard;  ///< the peer's payload
  std::optional<crypto::DhPublicKey> key;
  std::size_t candidate = 99;
  Mode mode{};
};

/// A device "a" that calls and a device "b" that listens, with a link and a clock between them.
/// Change the configurations before `connect`.
class Pair {
 public:
  explicit Pair(std::uint64_t seed = 1);

  /// Makes both sessions, carries nothing.
  void make();
  /// Makes them, and carries bytes to and fro until both are silent.
  void connect();
  /// Carries bytes to and fro until both are silent, in portions of `portion` bytes.
  void drive(std::size_t portion = 1 << 20);
  /// All that `from` wants to write now.
  Bytes written_by(Session& from);
  void give(Session& to, BytesView bytes) { to.handle_bytes(now, bytes); }
  /// Lets time go by, and wakes whoever asked for it.
  void wait(Duration time);
  std::vector<Bytes> received_by(Session& session);

  SeededRandom random;
  Now now{Instant(Duration(1'000'000)), {}};
  crypto::DhKeyPair a_key, b_key;
  InitiatorConfig a_config;
  ResponderConfig b_config;
  Doorkeeper a_door, b_door;
  SessionLimiter sessions;
  std::optional<Session> a, b;
};

/// What every failed handshake looks like: nothing to send, nothing to wait for, no reason given.
void expect_silent_failure(Pair& pair, Session& session);

}  // namespace relais::session::test

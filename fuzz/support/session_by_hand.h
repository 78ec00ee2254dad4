#pragma once

#include <optional>

#include "fuzz/support/input.h"
#include "fuzz/support/test_keys.h"
#include "session/session.h"

/// The other end of a session, on Noise alone, which can send what no Session would.
namespace relais::fuzz {

using session::Session;

/// Accepts every peer or none, and records the payload.
class TestAuthenticator : public session::Authenticator {
 public:
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;

  bool accepts = true;
  Bytes answer;
  int calls = 0;
  Bytes received;
  std::size_t candidate = 0;
};

inline constexpr std::uint8_t kCandidates = 3;
/// Two mesh keys and an invitation; psk0 is symmetric_key(10 + number).
session::ResponderConfig responder_config();
session::InitiatorConfig initiator_config(std::uint8_t candidate);
session::Mode mode_of(std::uint8_t candidate);
/// The other end for the configuration above. `candidate` may be kCandidates: a stranger.
session::noise::HandshakeState by_hand(session::Role role, std::uint8_t candidate);

Now start_of_time();
/// All bytes that the session has to write now.
Bytes written_by(Session& session, Now now);
/// Delivers `bytes` in portions of `portion`.
void give(Session& session, Now now, BytesView bytes, std::size_t portion);
/// Checks what a failed session shows: no bytes, done, with an error and no deadline.
void check_dead(Session& session, Now now);

}  // namespace relais::fuzz

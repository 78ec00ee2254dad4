#pragma once

#include <optional>

#include "fuzz/support/input.h"
#include "fuzz/support/test_keys.h"
#include "session/session.h"

/// A session's other end, written on Noise alone: it says what no Session would.
namespace relais::fuzz {

using session::Session;

/// Lets in whoever comes, or nobody, and remembers what it heard.
class Door : public session::Authenticator {
 public:
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;

  bool accepts = true;
  Bytes answer;
  int calls = 0;
  Bytes heard;
  std::size_t candidate = 0;
};

inline constexpr std::uint8_t kCandidates = 3;
/// Two mesh keys and an invitation: the psk0 is symmetric_key(10 + number).
session::ResponderConfig responder_config();
session::InitiatorConfig initiator_config(std::uint8_t candidate);
session::Mode mode_of(std::uint8_t candidate);
/// The other end, for what has the configuration above. `candidate` may be kCandidates: a stranger.
session::noise::HandshakeState by_hand(session::Role role, std::uint8_t candidate);

Now start_of_time();
/// All that the session wants to write now.
Bytes written_by(Session& session, Now now);
/// Gives `bytes` in portions of `portion`.
void give(Session& session, Now now, BytesView bytes, std::size_t portion);
/// What a session looks like that failed: silent, done, with an error and no deadline.
void check_dead(Session& session, Now now);

}  // namespace relais::fuzz

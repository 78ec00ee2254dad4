#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "crypto/crypto.h"
#include "session/inner.h"
#include "session/noise_handshake.h"

/// What a session is made with. See docs/spec/session.md, "Handshake".
namespace relais::session {

inline constexpr std::string_view kProtocolName = "Noise_XXpsk0+psk3_25519_ChaChaPoly_SHA256";

using noise::Role;

/// What the session is for; it decides what psk0 is, and who may speak.
enum class Mode : std::uint8_t {
  sync = 1,        ///< psk0: the key of a control epoch
  invitation = 2,  ///< psk0: from an invitation's one-time secret
  code = 3,        ///< psk0: agreed from a short code
};

/// "relais/1", the space's id, the mode's byte.
Bytes make_prologue(const SpaceId& space, Mode mode);

/// The payloads of messages 2 and 3 fit into limits::kHandshakeMessageBytes beside an ephemeral
/// key, a sealed static key, a tag and the type byte.
inline constexpr std::size_t kHandshakePlainBytes =
    limits::kHandshakeMessageBytes - 2 * crypto::DhPublicKey::kSize - 2 * crypto::kTagBytes;
inline constexpr std::size_t kHandshakePayloadBytes = kHandshakePlainBytes - 1;

struct InitiatorConfig {
  SpaceId space;
  Mode mode = Mode::sync;
  crypto::SymmetricKey psk0;
  crypto::DhKeyPair static_key;
};

/// One psk0 that a responder would accept. At most limits::kPskCandidates are tried.
struct Candidate {
  crypto::SymmetricKey psk0;
  Mode mode = Mode::sync;
  Bytes payload;  ///< of message 2, at most kHandshakePayloadBytes; may be empty
  /// Message 2 carries a static key made for this session alone, so that who holds an old psk0
  /// doesn't learn whom it has called.
  bool throwaway_static = false;
};

struct ResponderConfig {
  SpaceId space;
  std::vector<Candidate> candidates;
  crypto::DhKeyPair static_key;
};

/// What the peer has shown of itself. It holds psk0 and the secret to `static_key`; who that is,
/// only `payload` can say.
struct PeerHello {
  Role peer_role;
  Mode mode;
  std::size_t candidate;  ///< a responder's: index of the one that fitted; else 0
  const crypto::DhPublicKey& static_key;
  BytesView payload;
};

/// Decides who may speak with us. Called once in a handshake: an initiator's after message 2, and a
/// responder's after message 3.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Nothing refuses the peer, which isn't told. An initiator's answer is the payload of message 3
  /// (at most kHandshakePayloadBytes), so our own certificates go to no stranger. A responder has
  /// said its part in message 2: its answer is Bytes().
  virtual std::optional<Bytes> authenticate(const PeerHello& peer) = 0;
};

}  // namespace relais::session

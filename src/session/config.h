#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "crypto/crypto.h"
#include "session/inner.h"
#include "session/noise_handshake.h"

/// Configuration of a session. See docs/spec/session.md, "Handshake".
namespace relais::session {

inline constexpr std::string_view kProtocolName = "Noise_XXpsk0+psk3_25519_ChaChaPoly_SHA256";

using noise::Role;

/// Purpose of the session; it decides where psk0 comes from and which peers are accepted.
enum class Mode : std::uint8_t {
  sync = 1,        ///< psk0: the key of a control epoch
  invitation = 2,  ///< psk0: from an invitation's one-time secret
  code = 3,        ///< psk0: agreed from a short code
};

/// "relais/1", the space id, the mode byte.
Bytes make_prologue(const SpaceId& space, Mode mode);

/// The payloads of messages 2 and 3 fit into limits::kHandshakeMessageBytes beside an ephemeral
/// key, an encrypted static key, a tag and the type byte.
inline constexpr std::size_t kHandshakePlainBytes =
    limits::kHandshakeMessageBytes - 2 * crypto::DhPublicKey::kSize - 2 * crypto::kTagBytes;
inline constexpr std::size_t kHandshakePayloadBytes = kHandshakePlainBytes - 1;

struct InitiatorConfig {
  SpaceId space;
  Mode mode = Mode::sync;
  crypto::SymmetricKey psk0;
  crypto::DhKeyPair static_key;
};

/// One psk0 that a responder accepts. At most limits::kPskCandidates are tried.
struct Candidate {
  crypto::SymmetricKey psk0;
  Mode mode = Mode::sync;
  Bytes payload;  ///< of message 2, at most kHandshakePayloadBytes; may be empty
  /// Message 2 carries a static key made for this session alone, so that a peer with an old psk0
  /// does not learn which device it has reached.
  bool throwaway_static = false;
  bool refused = false;  ///< the peer is refused, and told so
};

struct ResponderConfig {
  SpaceId space;
  std::vector<Candidate> candidates;
  crypto::DhKeyPair static_key;
  Bytes machine{};  ///< machine_of the peer's address
};

/// What the peer has proved: it holds psk0 and the secret key of `static_key`. Only `payload` can
/// tell which device it is.
struct PeerHello {
  Role peer_role;
  Mode mode;
  std::size_t candidate;  ///< responder: index of the candidate that matched; initiator: 0
  const crypto::DhPublicKey& static_key;
  BytesView payload;
};

/// Decides which peers are accepted. Called once in a handshake: by an initiator after message 2,
/// by a responder after message 3.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Returns nothing to refuse the peer, which is not told. An initiator returns the payload of
  /// message 3 (at most kHandshakePayloadBytes), so its certificates are shown only to an accepted
  /// peer. A responder, whose payload went out in message 2, returns Bytes().
  virtual std::optional<Bytes> authenticate(const PeerHello& peer) = 0;
};

}  // namespace relais::session

#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "session/noise_pattern.h"
#include "session/noise_symmetric.h"

namespace relais::session::noise {

enum class Role : std::uint8_t { initiator, responder };

/// The longest Noise message (section 3).
inline constexpr std::size_t kMessageBytes = 65535;

/// Inputs of one party. Keys that its pattern does not use stay empty.
struct Party {
  Role role = Role::initiator;
  Bytes prologue;
  std::optional<crypto::DhKeyPair> static_key;
  std::optional<crypto::DhPublicKey> remote_static;
  std::vector<crypto::SymmetricKey> psks;  ///< in the order of the pattern's psk tokens
};

/// The HandshakeState object of the Noise Protocol Framework, revision 34, section 5.3, with psk
/// (section 9). The parties write and read messages in turn, the initiator first.
///
/// Fails: `write` and `read` return false for a message that is not authentic or out of turn, and
/// for an all-zero DH result. The object is then dead: its keys are wiped, every call fails.
class HandshakeState {
 public:
  /// `protocol_name` must name a known pattern and `party` hold the keys it needs: checked.
  HandshakeState(std::string_view protocol_name, Party party);

  /// Replaces the party's static key before it is sent, for a responder that learns only from
  /// message 1 which one to use.
  void replace_static(const crypto::DhKeyPair& key) { party_.static_key = key; }

  /// Appends a message with `payload` to `out`. `random` gives the ephemeral key.
  bool write(Random& random, BytesView payload, Bytes& out);
  /// Appends the payload of `message` to `payload`.
  bool read(BytesView message, Bytes& payload);

  bool our_turn() const;
  /// All messages have been exchanged.
  bool finished() const { return !dead_ && index_ == pattern_.message_count; }
  const std::optional<crypto::DhPublicKey>& remote_static() const { return party_.remote_static; }
  /// After the last message: the handshake hash, for channel binding (section 11.2).
  const crypto::Hash& hash() const { return symmetric_.hash(); }

  struct Transport {
    CipherState send;
    CipherState receive;
  };
  /// Only when finished. Leaves the object dead.
  Transport split();

 private:
  bool write_token(Token token, Random& random, Bytes& out);
  bool read_token(Token token, BytesView& message);
  bool mix_common(Token token);
  bool mix_dh(const std::optional<crypto::DhKeyPair>& ours,
              const std::optional<crypto::DhPublicKey>& theirs);
  void mix_ephemeral(const crypto::DhPublicKey& key);
  bool die();

  Pattern pattern_;
  SymmetricState symmetric_;
  Party party_;
  std::optional<crypto::DhKeyPair> ephemeral_;
  std::optional<crypto::DhPublicKey> remote_ephemeral_;
  std::size_t index_ = 0;     // of the next message
  std::size_t next_psk_ = 0;  // of party_.psks
  bool dead_ = false;
};

}  // namespace relais::session::noise

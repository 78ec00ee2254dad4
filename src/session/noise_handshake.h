#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "session/noise_pattern.h"
#include "session/noise_symmetric.h"

namespace relais::session::noise {

enum class Role : std::uint8_t { initiator, responder };

/// Longer messages don't exist in Noise (section 3).
inline constexpr std::size_t kMessageBytes = 65535;

/// What a party brings to a handshake. Keys its pattern has no use for stay empty.
struct Party {
  Role role = Role::initiator;
  Bytes prologue;
  std::optional<crypto::DhKeyPair> static_key;
  std::optional<crypto::DhPublicKey> remote_static;
  std::vector<crypto::SymmetricKey> psks;  ///< in the order of the pattern's psk tokens
};

/// The HandshakeState object of the Noise Protocol Framework, revision 34, section 5.3, with psk
/// (section 9). Messages are written and read in turn, the initiator's first.
///
/// Fails: `write` and `read` give false for a message that isn't authentic or out of turn, and for
/// a DH result of zeros. From then on the object is dead: its keys are wiped, every call fails.
class HandshakeState {
 public:
  /// `protocol_name` must have a pattern, and `party` what that needs: checked.
  HandshakeState(std::string_view protocol_name, Party party);

  /// Another static key than the party's, before its own was sent: for who learns only from the
  /// first message which one to use.
  void replace_static(const crypto::DhKeyPair& key) { party_.static_key = key; }

  /// Appends a message with `payload` to `out`. `random` gives the ephemeral key.
  bool write(Random& random, BytesView payload, Bytes& out);
  /// Appends the payload of `message` to `payload`.
  bool read(BytesView message, Bytes& payload);

  bool our_turn() const;
  /// All messages are through.
  bool finished() const { return !dead_ && index_ == pattern_.message_count; }
  const std::optional<crypto::DhPublicKey>& remote_static() const { return party_.remote_static; }
  /// After the last message: this session's name, the channel binding of section 11.2.
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

#pragma once

#include <cstddef>
#include <optional>

#include "session/config.h"
#include "session/reception.h"

namespace relais::session {

/// The three messages of a session's beginning, on top of Noise's HandshakeState.
///
/// Fails: `start` and `handle` give false; why isn't told to anybody. The object is then dead and
/// its keys are wiped.
/// Owns: nothing it was given by reference; those must outlive the handshake.
class Handshake {
 public:
  Handshake(const InitiatorConfig& config, Authenticator& authenticator, Random& random);
  Handshake(ResponderConfig config, Authenticator& authenticator, Reception& reception,
            Random& random);

  /// An initiator's first step: appends message 1 with its length to `out`.
  bool start(Bytes& out);
  /// Takes the peer's next message; appends ours to `out`, if it is our turn then.
  bool handle(BytesView message, Bytes& out);
  /// How long the peer's next message may be.
  std::size_t limit() const;

  bool finished() const { return finished_; }
  noise::HandshakeState::Transport split() { return noise_->split(); }

  Role role() const { return role_; }
  /// These are known when it is finished, and a responder's mode and candidate after message 1.
  Mode mode() const { return mode_; }
  std::size_t candidate() const { return candidate_; }
  const crypto::DhPublicKey& peer_static() const { return *noise_->remote_static(); }
  const crypto::Hash& hash() const { return noise_->hash(); }

 private:
  bool read_message_1(BytesView message);
  bool find_candidate(BytesView message);
  std::optional<Bytes> read_hello(BytesView message);
  bool write(BytesView payload, Bytes& out);
  bool die();

  Role role_;
  SpaceId space_;
  Mode mode_ = Mode::sync;
  std::size_t candidate_ = 0;
  std::vector<Candidate> candidates_;            // until message 1
  std::optional<crypto::DhKeyPair> static_key_;  // until message 1
  std::optional<noise::HandshakeState> noise_;
  Authenticator* authenticator_;
  Reception* reception_ = nullptr;
  Random* random_;
  bool finished_ = false;
};

}  // namespace relais::session

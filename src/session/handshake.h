#pragma once

#include <cstddef>
#include <optional>

#include "session/config.h"
#include "session/session_limiter.h"

namespace relais::session {

/// The three messages of a session's beginning, on top of Noise's HandshakeState.
///
/// A responder doesn't answer message 1 at once: `handle` leaves it `waiting`, and its owner calls
/// `answer`, or `write_busy` or `write_refused` and lets it go.
///
/// Fails: `start`, `handle` and `answer` give false; why isn't told to anybody, but for `told`. The
/// object is then dead and its keys are wiped.
/// Owns: nothing it was given by reference; those must outlive the handshake.
class Handshake {
 public:
  Handshake(const InitiatorConfig& config, Authenticator& authenticator, Random& random);
  Handshake(ResponderConfig config, Authenticator& authenticator, SessionLimiter& sessions,
            Random& random);

  /// An initiator's first step: appends message 1 with its length to `out`.
  bool start(Bytes& out);
  /// Takes the peer's next message; appends an initiator's to `out`, if it is its turn then.
  bool handle(BytesView message, Bytes& out);

  /// A responder's, that knows message 1 and has answered nothing.
  bool waiting() const { return waiting_; }
  /// The key of message 1 is one that is refused: what is left is `write_refused`.
  bool refuses() const { return refuses_; }
  /// Appends message 2; the first DHs are computed here.
  bool write_message_2(Bytes& out);
  void write_busy(Bytes& out) const { write_answer(busy_, out); }
  void write_refused(Bytes& out) const { write_answer(refused_, out); }

  /// What an initiator was told in place of message 2, by somebody who has psk0.
  enum class Answer : std::uint8_t { none, busy, refused };
  Answer answer() const { return answer_; }
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
  void derive_answers(const crypto::SymmetricKey& psk0, BytesView ephemeral);
  static void write_answer(const crypto::Hash& what, Bytes& out);
  bool is_answer(BytesView message);
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
  std::optional<crypto::SymmetricKey> psk0_;     // an initiator's, until message 1
  Bytes payload_;                                // of message 2, until then
  std::optional<noise::HandshakeState> noise_;
  Authenticator* authenticator_;
  SessionLimiter* sessions_ = nullptr;
  Random* random_;
  crypto::Hash busy_, refused_;  // what stands for them under this psk0 and message 1
  Answer answer_ = Answer::none;
  bool waiting_ = false;
  bool refuses_ = false;
  bool finished_ = false;
};

}  // namespace relais::session

#pragma once

#include <cstddef>
#include <optional>

#include "session/config.h"
#include "session/session_limiter.h"

namespace relais::session {

/// The three handshake messages, on top of Noise's HandshakeState.
///
/// A responder does not answer message 1 at once: `handle` leaves it `waiting`, and its owner calls
/// `write_message_2`, or `write_busy` or `write_refused` and destroys it.
///
/// Fails: `start`, `handle` and `write_message_2` return false without a reason, except for
/// `answer`. The object is then unusable and its keys are wiped.
/// Owns: no referenced object; those must outlive the handshake.
class Handshake {
 public:
  Handshake(const InitiatorConfig& config, Authenticator& authenticator, Random& random);
  Handshake(ResponderConfig config, Authenticator& authenticator, SessionLimiter& sessions,
            Random& random);

  /// Initiator: appends message 1 with its length to `out`.
  bool start(Bytes& out);
  /// Processes the peer's next message; an initiator appends its own next message to `out`.
  bool handle(BytesView message, Bytes& out);

  /// Responder: message 1 has been read and not answered.
  bool waiting() const { return waiting_; }
  /// The candidate of message 1 is a refused one: only `write_refused` may follow.
  bool refuses() const { return refuses_; }
  /// Responder: appends message 2. The first DHs are computed here.
  bool write_message_2(Bytes& out);
  void write_busy(Bytes& out) const { write_answer(busy_, out); }
  void write_refused(Bytes& out) const { write_answer(refused_, out); }

  /// Initiator: what the responder, which holds psk0, sent in place of message 2.
  enum class Answer : std::uint8_t { none, busy, refused };
  Answer answer() const { return answer_; }
  /// Limit on the length of the peer's next message, in bytes.
  std::size_t limit() const;

  bool finished() const { return finished_; }
  noise::HandshakeState::Transport split() { return noise_->split(); }

  Role role() const { return role_; }
  /// Known once `finished`; for a responder, mode and candidate already after message 1.
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
  std::optional<crypto::SymmetricKey> psk0_;     // initiator: until message 1
  Bytes payload_;                                // of message 2, until it is sent
  std::optional<noise::HandshakeState> noise_;
  Authenticator* authenticator_;
  SessionLimiter* sessions_ = nullptr;
  Random* random_;
  crypto::Hash busy_, refused_;  // the two answers, for this psk0 and message 1
  Answer answer_ = Answer::none;
  bool waiting_ = false;
  bool refuses_ = false;
  bool finished_ = false;
};

}  // namespace relais::session

#include "session/handshake.h"

#include <utility>

#include "base/check.h"

namespace relais::session {
namespace {

// psk3 is zero in version 1; it is reserved for a second factor between two devices.
noise::Party make_party(Role role, const SpaceId& space, Mode mode,
                        const crypto::DhKeyPair& static_key, const crypto::SymmetricKey& psk0) {
  noise::Party party;
  party.role = role;
  party.prologue = make_prologue(space, mode);
  party.static_key = static_key;
  party.psks = {psk0, crypto::SymmetricKey()};
  return party;
}

}  // namespace

Bytes make_prologue(const SpaceId& space, Mode mode) {
  return Bytes("relais/1").append(space.view()).append(1, static_cast<char>(mode));
}

Handshake::Handshake(const InitiatorConfig& config, Authenticator& authenticator, Random& random)
    : role_(Role::initiator),
      space_(config.space),
      mode_(config.mode),
      authenticator_(&authenticator),
      random_(&random) {
  psk0_ = config.psk0;
  noise_.emplace(kProtocolName, make_party(role_, space_, mode_, config.static_key, config.psk0));
}

Handshake::Handshake(ResponderConfig config, Authenticator& authenticator, SessionLimiter& sessions,
                     Random& random)
    : role_(Role::responder),
      space_(config.space),
      candidates_(std::move(config.candidates)),
      static_key_(config.static_key),
      authenticator_(&authenticator),
      sessions_(&sessions),
      random_(&random) {
  RELAIS_CHECK(candidates_.size() <= limits::kPskCandidates);
}

std::size_t Handshake::limit() const {
  return noise_ ? limits::kHandshakeMessageBytes : limits::kHandshakeMessage1Bytes;
}

// The payload of message 1 is empty and unpadded: psk0 alone protects it.
bool Handshake::start(Bytes& out) {
  const std::size_t start = out.size();
  out.append(kLengthBytes, '\0');
  if (!noise_->write(*random_, {}, out)) return die();
  set_length(out, start);
  derive_answers(*psk0_, BytesView(out).substr(start + kLengthBytes, crypto::DhPublicKey::kSize));
  psk0_.reset();
  return true;
}

bool Handshake::handle(BytesView message, Bytes& out) {
  if (!noise_) {
    if (sessions_ == nullptr || !read_message_1(message)) return die();
    const Candidate& fitted = candidates_[candidate_];
    if (fitted.throwaway_static) noise_->replace_static(crypto::make_dh_key_pair(*random_));
    payload_ = fitted.payload;
    refuses_ = fitted.refused;
    candidates_.clear();
    waiting_ = true;
    return true;
  }
  if (waiting_ || is_answer(message)) return die();
  const std::optional<Bytes> payload = read_hello(message);
  if (!payload) return die();
  if (role_ == Role::initiator && !write(*payload, out)) return die();
  finished_ = noise_->finished();
  return finished_ || die();
}

bool Handshake::write_message_2(Bytes& out) {
  RELAIS_CHECK(waiting_ && !refuses_);
  waiting_ = false;
  const Bytes payload = std::exchange(payload_, {});
  return write(payload, out) || die();
}

/// Only the two sides of this handshake can compute these, after message 1.
void Handshake::derive_answers(const crypto::SymmetricKey& psk0, BytesView ephemeral) {
  busy_ = crypto::mac(psk0, "busy", {ephemeral});
  refused_ = crypto::mac(psk0, "refused", {ephemeral});
}

void Handshake::write_answer(const crypto::Hash& what, Bytes& out) {
  const std::size_t start = out.size();
  out.append(kLengthBytes, '\0').append(what.view().substr(0, limits::kAnswerBytes));
  set_length(out, start);
}

bool Handshake::is_answer(BytesView message) {
  if (role_ != Role::initiator || message.size() != limits::kAnswerBytes) return false;
  const auto is = [&](const crypto::Hash& what) {
    return crypto::equal(message, what.view().substr(0, limits::kAnswerBytes));
  };
  if (is(busy_)) answer_ = Answer::busy;
  if (is(refused_)) answer_ = Answer::refused;
  return answer_ != Answer::none;
}

bool Handshake::read_message_1(BytesView message) {
  const auto ephemeral = crypto::DhPublicKey::from(message.substr(0, crypto::DhPublicKey::kSize));
  if (!ephemeral || sessions_->has_seen(*ephemeral)) return false;
  if (!find_candidate(message)) return false;
  sessions_->remember(*ephemeral);
  return true;
}

// Message 1 has no DH, so each candidate tried costs only a few hashes.
bool Handshake::find_candidate(BytesView message) {
  for (candidate_ = 0; candidate_ < candidates_.size(); ++candidate_) {
    const Candidate& tried = candidates_[candidate_];
    noise_.emplace(kProtocolName, make_party(role_, space_, tried.mode, *static_key_, tried.psk0));
    Bytes payload;
    if (!noise_->read(message, payload)) continue;
    mode_ = tried.mode;
    static_key_.reset();
    derive_answers(tried.psk0, message.substr(0, crypto::DhPublicKey::kSize));
    return payload.empty();
  }
  return false;
}

std::optional<Bytes> Handshake::read_hello(BytesView message) {
  Bytes plain;
  if (!noise_->read(message, plain)) return std::nullopt;
  const std::optional<Inner> inner = open_inner(plain);
  if (!inner || inner->type != InnerType::data) return std::nullopt;
  return authenticator_->authenticate({role_ == Role::initiator ? Role::responder : Role::initiator,
                                       mode_, candidate_, *noise_->remote_static(),
                                       inner->content});
}

bool Handshake::write(BytesView payload, Bytes& out) {
  RELAIS_CHECK(payload.size() <= kHandshakePayloadBytes);
  Bytes plain(payload);
  close_inner(plain, 0, InnerType::data, kHandshakePlainBytes);
  const std::size_t start = out.size();
  out.append(kLengthBytes, '\0');
  if (!noise_->write(*random_, plain, out)) return false;
  set_length(out, start);
  return true;
}

bool Handshake::die() {
  candidates_.clear();
  static_key_.reset();
  psk0_.reset();
  noise_.reset();
  sessions_ = nullptr;
  waiting_ = false;
  finished_ = false;
  return false;
}

}  // namespace relais::session

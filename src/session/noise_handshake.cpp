#include "session/noise_handshake.h"

#include <utility>

#include "base/check.h"

namespace relais::session::noise {
namespace {

Pattern checked_pattern(std::string_view protocol_name) {
  const std::optional<Pattern> pattern = find_pattern(protocol_name);
  RELAIS_CHECK(pattern.has_value());
  return *pattern;
}

BytesView take(BytesView& bytes, std::size_t size) {
  const BytesView taken = bytes.substr(0, size);
  bytes.remove_prefix(taken.size());
  return taken;
}

}  // namespace

HandshakeState::HandshakeState(std::string_view protocol_name, Party party)
    : pattern_(checked_pattern(protocol_name)),
      symmetric_(protocol_name),
      party_(std::move(party)) {
  RELAIS_CHECK(party_.psks.size() == pattern_.psk_count);
  symmetric_.mix_hash(party_.prologue);
  const bool initiates = party_.role == Role::initiator;
  const auto mix_known = [&](bool ours) {
    RELAIS_CHECK(ours ? party_.static_key.has_value() : party_.remote_static.has_value());
    symmetric_.mix_hash(ours ? party_.static_key->public_key.view() : party_.remote_static->view());
  };
  if (pattern_.initiator_known) mix_known(initiates);
  if (pattern_.responder_known) mix_known(!initiates);
}

bool HandshakeState::our_turn() const {
  return !dead_ && index_ < pattern_.message_count &&
         (index_ % 2 == 0) == (party_.role == Role::initiator);
}

bool HandshakeState::write(Random& random, BytesView payload, Bytes& out) {
  if (!our_turn()) return die();
  const std::size_t start = out.size();
  for (const Token token : pattern_.messages[index_]) {
    if (!write_token(token, random, out)) return die();
  }
  if (!symmetric_.encrypt_and_hash(out, payload)) return die();
  RELAIS_CHECK(out.size() - start <= kMessageBytes);
  ++index_;
  return true;
}

bool HandshakeState::read(BytesView message, Bytes& payload) {
  if (our_turn() || dead_ || finished() || message.size() > kMessageBytes) return die();
  for (const Token token : pattern_.messages[index_]) {
    if (!read_token(token, message)) return die();
  }
  if (!symmetric_.decrypt_and_hash(payload, message)) return die();
  ++index_;
  return true;
}

bool HandshakeState::write_token(Token token, Random& random, Bytes& out) {
  if (token == Token::e) {
    ephemeral_ = crypto::make_dh_key_pair(random);
    out.append(ephemeral_->public_key.view());
    mix_ephemeral(ephemeral_->public_key);
    return true;
  }
  if (token == Token::s) {
    RELAIS_CHECK(party_.static_key.has_value());
    return symmetric_.encrypt_and_hash(out, party_.static_key->public_key.view());
  }
  return mix_common(token);
}

bool HandshakeState::read_token(Token token, BytesView& message) {
  if (token == Token::e) {
    remote_ephemeral_ = crypto::DhPublicKey::from(take(message, crypto::DhPublicKey::kSize));
    if (!remote_ephemeral_) return false;
    mix_ephemeral(*remote_ephemeral_);
    return true;
  }
  if (token == Token::s) {
    const std::size_t tag = symmetric_.has_key() ? crypto::kTagBytes : 0;
    Bytes key;
    if (!symmetric_.decrypt_and_hash(key, take(message, crypto::DhPublicKey::kSize + tag))) {
      return false;
    }
    party_.remote_static = crypto::DhPublicKey::from(key);
    return party_.remote_static.has_value();
  }
  return mix_common(token);
}

bool HandshakeState::mix_common(Token token) {
  const bool initiates = party_.role == Role::initiator;
  switch (token) {
    case Token::ee: return mix_dh(ephemeral_, remote_ephemeral_);
    case Token::ss: return mix_dh(party_.static_key, party_.remote_static);
    case Token::es:
      return initiates ? mix_dh(ephemeral_, party_.remote_static)
                       : mix_dh(party_.static_key, remote_ephemeral_);
    case Token::se:
      return initiates ? mix_dh(party_.static_key, remote_ephemeral_)
                       : mix_dh(ephemeral_, party_.remote_static);
    case Token::psk: symmetric_.mix_key_and_hash(party_.psks[next_psk_++].view()); return true;
    case Token::e:
    case Token::s: break;
  }
  return false;
}

bool HandshakeState::mix_dh(const std::optional<crypto::DhKeyPair>& ours,
                            const std::optional<crypto::DhPublicKey>& theirs) {
  RELAIS_CHECK(ours.has_value() && theirs.has_value());
  const std::optional<crypto::SymmetricKey> shared = crypto::dh(ours->secret_key, *theirs);
  if (!shared) return false;
  symmetric_.mix_key(shared->view());
  return true;
}

// With psks, the ephemeral key is mixed into the key too, so that no two handshakes share a key
// (section 9.2).
void HandshakeState::mix_ephemeral(const crypto::DhPublicKey& key) {
  symmetric_.mix_hash(key.view());
  if (pattern_.psk_count > 0) symmetric_.mix_key(key.view());
}

HandshakeState::Transport HandshakeState::split() {
  RELAIS_CHECK(finished());
  auto [initiators, responders] = symmetric_.split();
  die();
  if (party_.role == Role::initiator) return {std::move(initiators), std::move(responders)};
  return {std::move(responders), std::move(initiators)};
}

bool HandshakeState::die() {
  symmetric_.wipe_keys();
  party_.static_key.reset();
  party_.psks.clear();
  ephemeral_.reset();
  dead_ = true;
  return false;
}

}  // namespace relais::session::noise

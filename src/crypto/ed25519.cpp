#include <sodium.h>

#include "crypto/crypto.h"
#include "crypto/raw.h"

namespace relais::crypto {
namespace {

// The signed bytes. The zero byte ends the label, so no two pairs (label, message) encode alike.
Bytes labelled(std::string_view label, BytesView message) {
  Bytes bytes;
  bytes.reserve(label.size() + 1 + message.size());
  return bytes.append(label).append(1, '\0').append(message);
}

}  // namespace

Signature raw::ed25519_sign(const SigningSecretKey& key, BytesView message) noexcept {
  Signature signature;
  crypto_sign_ed25519_detached(signature.data(), nullptr, u8(message), message.size(), key.data());
  return signature;
}

bool raw::ed25519_verify(const SigningPublicKey& key, BytesView message,
                         const Signature& signature) noexcept {
  return crypto_sign_ed25519_verify_detached(signature.data(), u8(message), message.size(),
                                             key.data()) == 0;
}

SigningKeyPair make_signing_key_pair(Random& random) noexcept {
  return signing_key_pair_from(random.draw<SymmetricKey>());
}

SigningKeyPair signing_key_pair_from(const SymmetricKey& seed) noexcept {
  SigningKeyPair pair;
  crypto_sign_ed25519_seed_keypair(pair.public_key.data(), pair.secret_key.data(), seed.data());
  return pair;
}

bool is_valid(const SigningPublicKey& key) noexcept {
  return crypto_core_ed25519_is_valid_point(key.data()) == 1;
}

Signature sign(const SigningSecretKey& key, std::string_view label, BytesView message) noexcept {
  return raw::ed25519_sign(key, labelled(label, message));
}

bool verify(const SigningPublicKey& key, std::string_view label, BytesView message,
            const Signature& signature) noexcept {
  return raw::ed25519_verify(key, labelled(label, message), signature);
}

}  // namespace relais::crypto

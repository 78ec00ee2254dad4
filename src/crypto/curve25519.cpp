#include <sodium.h>

#include "crypto/crypto.h"
#include "crypto/raw.h"

namespace relais::crypto {

DhKeyPair make_dh_key_pair(Random& random) noexcept {
  return dh_key_pair_from(random.draw<DhSecretKey>());
}

DhKeyPair dh_key_pair_from(const DhSecretKey& secret) noexcept {
  DhKeyPair pair;
  pair.secret_key = secret;
  crypto_scalarmult_curve25519_base(pair.public_key.data(), secret.data());
  return pair;
}

std::optional<SymmetricKey> dh(const DhSecretKey& ours, const DhPublicKey& theirs) noexcept {
  SymmetricKey shared;
  if (crypto_scalarmult_curve25519(shared.data(), ours.data(), theirs.data()) != 0) {
    return std::nullopt;
  }
  return shared;
}

Bytes seal_to(const DhKeyPair& ephemeral, const DhPublicKey& receiver, BytesView plain) noexcept {
  std::uint8_t nonce[crypto_box_NONCEBYTES];
  raw::blake2b(nonce, sizeof(nonce), {}, {}, {ephemeral.public_key.view(), receiver.view()});
  Bytes sealed(crypto_box_SEALBYTES + plain.size(), '\0');
  std::memcpy(sealed.data(), ephemeral.public_key.data(), DhPublicKey::kSize);
  const int failed = crypto_box_easy(u8(sealed) + DhPublicKey::kSize, u8(plain), plain.size(),
                                     nonce, receiver.data(), ephemeral.secret_key.data());
  if (failed != 0) sealed.clear();
  return sealed;
}

std::optional<Bytes> open_sealed(const DhKeyPair& receiver, BytesView sealed) noexcept {
  if (sealed.size() < crypto_box_SEALBYTES) return std::nullopt;
  Bytes plain(sealed.size() - crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal_open(u8(plain), u8(sealed), sealed.size(), receiver.public_key.data(),
                           receiver.secret_key.data()) != 0) {
    return std::nullopt;
  }
  return plain;
}

}  // namespace relais::crypto

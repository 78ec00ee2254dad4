#include "access/device_keys.h"

namespace relais::access {

DeviceKeys make_device_keys(Random& random) {
  DeviceKeys keys;
  keys.signing = crypto::make_signing_key_pair(random);
  keys.noise = crypto::make_dh_key_pair(random);
  keys.receiving = crypto::make_dh_key_pair(random);
  return keys;
}

bool is_usable(const crypto::DhPublicKey& key) {
  // X25519 clears the low bits of every scalar, so all scalars agree on whether the result is zero.
  const auto any_scalar = crypto::DhSecretKey::from(Bytes(crypto::DhSecretKey::kSize, '\x42'));
  return crypto::dh(any_scalar, key).has_value();
}

bool are_usable(const crypto::SigningPublicKey& signing, const crypto::DhPublicKey& noise,
                const crypto::DhPublicKey& receiving) {
  return crypto::is_valid(signing) && is_usable(noise) && is_usable(receiving);
}

}  // namespace relais::access

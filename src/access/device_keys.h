#pragma once

#include "crypto/crypto.h"

namespace relais::access {

/// A device's keys. Owns: secrets, wiped on destruction.
struct DeviceKeys {
  crypto::SigningKeyPair signing;
  crypto::DhKeyPair noise;
  crypto::DhKeyPair receiving;
};
DeviceKeys make_device_keys(Random& random);

/// False for a public key of low order: with it, every secret key gives a shared secret of zero.
bool is_usable(const crypto::DhPublicKey& key);
/// Whether all three keys may be enrolled.
bool are_usable(const crypto::SigningPublicKey& signing, const crypto::DhPublicKey& noise,
                const crypto::DhPublicKey& receiving);

}  // namespace relais::access

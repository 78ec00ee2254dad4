#pragma once

#include "crypto/crypto.h"

namespace relais::access {

/// The keys of a device. Owns: secrets, wiped when it goes.
struct DeviceKeys {
  crypto::SigningKeyPair signing;
  crypto::DhKeyPair noise;
  crypto::DhKeyPair receiving;
};
DeviceKeys make_device_keys(Random& random);

/// False for a public key of low order: every secret agrees on zero with it.
bool is_usable(const crypto::DhPublicKey& key);
/// Whether all three keys may be enrolled.
bool are_usable(const crypto::SigningPublicKey& signing, const crypto::DhPublicKey& noise,
                const crypto::DhPublicKey& receiving);

}  // namespace relais::access

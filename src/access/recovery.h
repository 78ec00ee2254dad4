#pragma once

#include <string>
#include <string_view>

#include "crypto/crypto.h"
#include "relais/result.h"

/// docs/spec/access.md, "Recovery phrase".
namespace relais::access {

/// The root key's seed and a checksum: 56 base32 digits in groups of four, in the alphabet of
/// invitations. Shown once, to be written on paper. A holder of the phrase controls the space.
std::string recovery_phrase(const crypto::SigningKeyPair& root);
/// Ignores case, spaces and dashes. Fails: bad_input.
Result<crypto::SigningKeyPair> root_from_phrase(std::string_view phrase);

}  // namespace relais::access

#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/crypto.h"
#include "relais/result.h"

/// docs/spec/access.md, "Invitation".
namespace relais::access {

/// A one-time secret that lets one device join, as a line of text (or a QR of it).
/// A bearer secret: whoever holds it first gets in, until it expires.
struct Invitation {
  SpaceId space;
  crypto::SymmetricKey secret;
  std::int64_t expires_ms = 0;  ///< wall time
};
/// `valid` must be positive; it ends that long after `now`.
Invitation make_invitation(Random& random, const SpaceId& space, WallTime now,
                           std::chrono::minutes valid);
bool is_expired(const Invitation& invitation, WallTime now);

/// "relais1-" and base32 groups of five with a checksum: no character that voice or handwriting
/// confuses.
std::string to_text(const Invitation& invitation);
/// In any case, with any spaces and dashes. Fails: bad_input, saying that the invitation is
/// damaged; unsupported_version, saying that it is of a newer version.
Result<Invitation> parse_invitation(std::string_view text);

/// psk0 of the session that the invitation opens.
crypto::SymmetricKey invitation_psk(const Invitation& invitation);

}  // namespace relais::access

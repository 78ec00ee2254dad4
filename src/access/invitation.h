#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/crypto.h"
#include "relais/result.h"

/// docs/spec/access.md, "Invitation".
namespace relais::access {

/// A one-time secret that lets one device join, shared as a line of text or a QR code. A bearer
/// secret: the first device that presents it is admitted, until it expires.
struct Invitation {
  SpaceId space;
  crypto::SymmetricKey secret;
  std::int64_t expires_ms = 0;  ///< wall time
};
/// Expires `valid` after `now`; `valid` must be positive.
Invitation make_invitation(Random& random, const SpaceId& space, WallTime now,
                           std::chrono::minutes valid);
bool is_expired(const Invitation& invitation, WallTime now);

/// "relais1-", then base32 with a checksum in groups of five. The alphabet has no two digits that
/// voice or handwriting confuses.
std::string to_text(const Invitation& invitation);
/// Ignores case, spaces and dashes. Fails: bad_input (damaged, or no invitation);
/// unsupported_version.
Result<Invitation> parse_invitation(std::string_view text);

/// The psk0 of the joiner's session.
crypto::SymmetricKey invitation_psk(const Invitation& invitation);

}  // namespace relais::access

#pragma once

#include <cstddef>

#include "access/membership.h"

namespace relais::access {

/// How a device's number of authors compares with its limit. docs/spec/access.md, "Authors of a
/// device".
enum class AuthorsStanding : unsigned char {
  fine,
  many,      ///< near the limit: `status` warns
  too_many,  ///< above the limit, as seals prove: its logs are frozen
};
AuthorsStanding authors_standing(const Membership& membership,
                                 const crypto::SigningPublicKey& device, std::size_t authors);

}  // namespace relais::access

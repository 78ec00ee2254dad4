#pragma once

#include <cstddef>

#include "access/membership.h"

namespace relais::access {

/// How a device stands with so many authors. docs/spec/access.md, "Authors of a device".
enum class AuthorsStanding : unsigned char {
  fine,
  many,      ///< few are left: `status` says so
  too_many,  ///< proven by one seal more: its logs are frozen
};
AuthorsStanding authors_standing(const Membership& membership,
                                 const crypto::SigningPublicKey& device, std::size_t authors);

}  // namespace relais::access

#include "access/authors.h"

#include "base/limits.h"

namespace relais::access {

AuthorsStanding authors_standing(const Membership& membership,
                                 const crypto::SigningPublicKey& device, std::size_t authors) {
  const std::size_t allowed = membership.authors_allowed(device);
  if (authors > allowed) return AuthorsStanding::too_many;
  const std::size_t left = limits::kAuthorsPerDevice - limits::kManyAuthors;
  return authors + left >= allowed ? AuthorsStanding::many : AuthorsStanding::fine;
}

}  // namespace relais::access

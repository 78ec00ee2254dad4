#pragma once

#include "access/membership.h"
#include "document/types.h"

/// The library's own documents: writing them needs further rights.
namespace relais::replica {

inline constexpr char kDevicesCollection[] = ".devices";  ///< a device's name, by its id in hex
inline constexpr char kSpaceCollection[] = ".space";      ///< the space's name

/// Whether a device may change a document: a device's name may be changed by that device and by
/// owners, the space's name by owners. Other changes are set aside. docs/spec/access.md,
/// "Protected documents".
bool may_change(const access::Membership& membership, const document::Address& document,
                const crypto::SigningPublicKey& author);

}  // namespace relais::replica

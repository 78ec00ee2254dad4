#pragma once

#include "access/membership.h"
#include "document/types.h"

/// Documents of the engine that not everyone may write who may write in their compartment.
namespace relais::replica {

inline constexpr char kDevicesCollection[] = ".devices";  ///< a device's name, by its id in hex
inline constexpr char kSpaceCollection[] = ".space";      ///< the space's name

/// Whether changes of a device's to a document count: a device's name is its own matter and
/// owners', the space's is owners'. A change by another is set aside. docs/spec/access.md,
/// "Protected documents".
bool may_change(const access::Membership& membership, const document::Address& document,
                const crypto::SigningPublicKey& author);

}  // namespace relais::replica

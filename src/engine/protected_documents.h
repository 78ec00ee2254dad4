#pragma once

#include "access/membership.h"
#include "document/types.h"

/// Documents of the engine that not everyone may write who may write in their compartment.
namespace relais::engine {

inline constexpr char kDevicesCollection[] = ".devices";  ///< a device's name, by its id in hex
inline constexpr char kSpaceCollection[] = ".space";      ///< the space's name

/// Whether the device may write the document: a device's name is its own and owners', the space's
/// is owners'. True for all other documents.
bool may_write_protected(const access::Membership& membership,
                         const crypto::SigningPublicKey& device, const document::Address& address);

}  // namespace relais::engine

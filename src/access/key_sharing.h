#pragma once

#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "access/keyring.h"
#include "access/membership.h"

/// Sharing epoch keys with their readers: docs/spec/access.md, "Key sharing".
namespace relais::access {

/// An epoch's key, sealed to a device. Deterministic: a holder of the key can check whether any
/// copy opens. Nothing if the device's receiving key has low order, or if certificates over
/// different keys count.
std::optional<wire::record::KeysSealed::Copy> seal_key(const crypto::SymmetricKey& key,
                                                       const Device& to);
/// The same for several devices, in records of at most limits::kCopiesPerRecord copies.
void seal_to_all(std::vector<wire::record::KeysSealed>& sealed, const EpochId& epoch,
                 const crypto::SymmetricKey& key, const std::vector<const Device*>& to);

/// Whether this device holds all that a maker of the epoch cited: only then does it know that no
/// reader has lost the right to read.
bool may_share_key(const Epoch& epoch);

/// A cache of copies that open; without it, checking a copy seals it again (0.1 ms).
using KnownCopies = std::set<std::pair<EpochId, crypto::DhPublicKey>>;
using IsOwn = std::function<bool(const AuthorId&)>;

/// Copies for the readers of an epoch that have none that opens. Empty if the key may not be
/// shared. The keyring must hold the key. `is_own`: whether an author is this device's.
std::vector<wire::record::KeysSealed> missing_copies(const Membership& membership,
                                                     const Keyring& keyring, const Epoch& epoch,
                                                     const IsOwn& is_own, KnownCopies& known);

/// The epochs that this device made: it may be their keys' only holder. Of mesh keys only the
/// current ones, as no others are shared.
std::vector<const Epoch*> own_epochs(const Membership& membership, const Keyring& keyring,
                                     const IsOwn& is_own);

}  // namespace relais::access

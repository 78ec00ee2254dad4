#pragma once

#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "access/keyring.h"
#include "access/membership.h"

/// How an epoch's key reaches its readers: docs/spec/access.md, "Handing on".
namespace relais::access {

/// An epoch's key for a device: the same bytes whoever seals it, so that who holds the key sees of
/// any copy whether it opens. Nothing if the device can't be given one: its receiving key is of low
/// order, or certificates over different keys count.
std::optional<wire::record::KeysSealed::Copy> seal_key(const crypto::SymmetricKey& key,
                                                       const Device& to);
/// The same for all of them, in records with limits::kCopiesPerRecord each.
void seal_to_all(std::vector<wire::record::KeysSealed>& sealed, const EpochId& epoch,
                 const crypto::SymmetricKey& key, const std::vector<const Device*>& to);

/// Whether this device holds all that a maker of the epoch knew: only then can it tell that nobody
/// of its readers has lost that right.
bool may_share_key(const Epoch& epoch);

/// Copies that were found to open. A hint: to seal each once more takes 0.1 ms.
using KnownCopies = std::set<std::pair<EpochId, crypto::DhPublicKey>>;
using IsOwn = std::function<bool(const AuthorId&)>;

/// Copies for the readers of an epoch for whom control has none that opens. Empty if it may not be
/// handed on. The keyring holds its key; `is_own`: whether the author is this device's.
std::vector<wire::record::KeysSealed> missing_copies(const Membership& membership,
                                                     const Keyring& keyring, const Epoch& epoch,
                                                     const IsOwn& is_own, KnownCopies& known);

/// Epochs that this device made: it may be the only one that holds their keys. Of mesh keys only
/// the current ones, as no others are handed on.
std::vector<const Epoch*> own_epochs(const Membership& membership, const Keyring& keyring,
                                     const IsOwn& is_own);

}  // namespace relais::access

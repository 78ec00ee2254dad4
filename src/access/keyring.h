#pragma once

#include <map>
#include <vector>

#include "access/membership.h"

/// docs/spec/access.md, "Epochs and keys".
namespace relais::access {

/// Commitment to an epoch's key, and the epoch's id cut from it.
crypto::Hash commitment(const crypto::SymmetricKey& key, const CompartmentId& compartment);
EpochId epoch_id(const crypto::Hash& commitment);

using CitedHeads = std::vector<wire::record::EpochMade::CitedHead>;

/// An epoch of a fresh key with a copy for each recipient: records to be written in this order,
/// `made` first.
struct NewEpoch {
  wire::record::EpochMade made;
  std::vector<wire::record::KeysSealed> sealed;  ///< as many as keep each within its limit
  crypto::SymmetricKey key;
};
/// `recipients`: all of the compartment's readers at the control heads `cited`; not empty. Heads
/// beyond limits::kCitedHeads are left out: in version 1 they only tell an epoch's age.
NewEpoch make_epoch(Random& random, const CompartmentId& compartment, CitedHeads cited,
                    const std::vector<const Device*>& recipients);
/// The same for the readers that the membership knows.
NewEpoch make_epoch(Random& random, const Membership& membership, const CompartmentId& compartment,
                    CitedHeads cited);
/// Hands an epoch's key to a device that may read but lacks it.
wire::record::KeysSealed::Copy seal_key(Random& random, const crypto::SymmetricKey& key,
                                        const Device& to);

/// The epoch keys this device could open, each checked against its commitment.
/// Owns: secrets, wiped when it goes.
class Keyring {
 public:
  /// Opens the copies sealed to `self`. Copies that don't open, or don't match, are passed over.
  static Keyring open(const Membership& membership, const DeviceId& self,
                      const crypto::DhKeyPair& receiving);

  /// Null: not held. Lives as long as the keyring.
  const crypto::SymmetricKey* key(const EpochId& epoch) const;
  std::size_t size() const { return keys_.size(); }
  /// The epoch to write under: the newest whose key is held, and whose recipients are all still
  /// authorised as far as is known. Null: make one first.
  const Epoch* current(const Membership& membership, const CompartmentId& compartment) const;
  /// Mesh keys (control's epochs), newest first, at most limits::kMeshKeys: the session's psk0.
  std::vector<crypto::SymmetricKey> mesh_keys(const Membership& membership) const;
  /// Epochs of a compartment whose key is held, oldest first.
  std::vector<const Epoch*> held(const Membership& membership,
                                 const CompartmentId& compartment) const;

 private:
  std::map<EpochId, crypto::SymmetricKey> keys_;
};

}  // namespace relais::access

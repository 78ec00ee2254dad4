#pragma once

#include <map>
#include <optional>
#include <vector>

#include "access/membership.h"

/// docs/spec/access.md, "Epochs".
namespace relais::access {

/// Commitment to an epoch's key, and the epoch's id cut from it.
crypto::Hash commitment(const crypto::SymmetricKey& key, const CompartmentId& compartment);
EpochId epoch_id(const crypto::Hash& commitment);

using CitedHeads = wire::Citations;

/// Epochs of fresh keys with a copy for each recipient: records to be written in this order.
struct NewEpochs {
  std::vector<wire::record::EpochMade> made;  ///< as many as keep each within its limit
  std::vector<wire::record::KeysSealed> sealed;
  std::map<CompartmentId, crypto::SymmetricKey> keys;
};
/// One for each compartment, for its readers as the membership knows them; at most
/// limits::kEpochRecipients of them, others are handed the key later. `cited`: where the control
/// logs of root, owners and supervisors stand.
NewEpochs make_epochs(Random& random, const Membership& membership,
                      const std::vector<CompartmentId>& compartments, const CitedHeads& cited);
void append(std::vector<wire::ControlRecord>& records, NewEpochs epochs);

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
  /// The epoch to write under: one that is open, all whose citations are held, and that no other
  /// such epoch of its level or a higher one cites. Among several any would do; null: make one
  /// first.
  const Epoch* current(const Membership& membership, const CompartmentId& compartment) const;

  /// Keys of control's epochs: the session's psk0.
  struct MeshKeys {
    std::vector<EpochId> current;  ///< those to call with; the first is `current`'s
    std::vector<EpochId> old;      ///< closed or replaced: each author's newest first
  };
  MeshKeys mesh_keys(const Membership& membership) const;
  /// Epochs of a compartment whose key is held, by id.
  std::vector<const Epoch*> held(const Membership& membership,
                                 const CompartmentId& compartment) const;

 private:
  std::map<EpochId, crypto::SymmetricKey> keys_;
};

}  // namespace relais::access

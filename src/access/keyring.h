#pragma once

#include <map>
#include <optional>
#include <vector>

#include "access/membership.h"

/// docs/spec/access.md, "Epochs".
namespace relais::access {

/// The commitment to an epoch's key, and the epoch's id, which is its first bytes.
crypto::Hash commitment(const crypto::SymmetricKey& key, const CompartmentId& compartment);
EpochId epoch_id(const crypto::Hash& commitment);

using CitedHeads = wire::Citations;

/// New epochs with a copy of the key for each recipient. The records are written in this order.
struct NewEpochs {
  std::vector<wire::record::EpochMade> made;  ///< split so that each is within its limits
  std::vector<wire::record::KeysSealed> sealed;
  std::map<CompartmentId, crypto::SymmetricKey> keys;
};
/// Makes one epoch per compartment, for its readers in the membership. At most
/// limits::kEpochRecipients of them get a copy; the others receive the key later. `cited`: the
/// heads of the control logs of root, owners and supervisors.
NewEpochs make_epochs(Random& random, const Membership& membership,
                      const std::vector<CompartmentId>& compartments, const CitedHeads& cited);
void append(std::vector<wire::ControlRecord>& records, NewEpochs epochs);

/// The epoch keys that this device can open, each checked against its commitment.
/// Owns: secrets, wiped on destruction.
class Keyring {
 public:
  /// Opens the copies sealed to `self`; ignores those that don't open or don't match the
  /// commitment.
  static Keyring open(const Membership& membership, const DeviceId& self,
                      const crypto::DhKeyPair& receiving);

  /// Null if not held. Valid as long as the keyring.
  const crypto::SymmetricKey* key(const EpochId& epoch) const;
  std::size_t size() const { return keys_.size(); }
  /// The epoch to write under: an open one whose citations are all held, and which no other such
  /// epoch of its level or higher cites. Null: make an epoch first.
  const Epoch* current(const Membership& membership, const CompartmentId& compartment) const;

  /// Epochs of control. Their keys are the sessions' psk0.
  struct MeshKeys {
    std::vector<EpochId> current;  ///< for outgoing sessions; the first is `current`'s
    std::vector<EpochId> old;      ///< closed or replaced, each author's newest first
  };
  MeshKeys mesh_keys(const Membership& membership) const;
  /// The epochs of a compartment whose keys are held, sorted by id.
  std::vector<const Epoch*> held(const Membership& membership,
                                 const CompartmentId& compartment) const;

 private:
  std::map<EpochId, crypto::SymmetricKey> keys_;
};

}  // namespace relais::access

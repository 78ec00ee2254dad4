#include "access/key_sharing.h"

#include <algorithm>

#include "base/limits.h"

namespace relais::access {
namespace {

/// Derived from the key and the receiver alone, like the randomness in the transform of Fujisaki
/// and Okamoto: the key has 256 bits of entropy.
crypto::DhKeyPair ephemeral(const crypto::SymmetricKey& key, const crypto::DhPublicKey& receiver) {
  const crypto::SymmetricKey secret = crypto::derive(key, "copy", {receiver.view()});
  return crypto::dh_key_pair_from(crypto::DhSecretKey::from(secret.view()));
}

/// Whether control has a copy for the device that opens; a copy may hold other bytes.
bool has_copy(const Epoch& epoch, const crypto::SymmetricKey& key, const Device& to,
              const IsOwn& is_own, KnownCopies& known) {
  const auto copies = epoch.copies_for(to.id);
  const auto any = [copies](const auto& is_meant) {
    return std::any_of(copies.begin(), copies.end(), is_meant);
  };
  if (copies.empty()) return false;
  if (any([&](const Epoch::Copy& copy) { return is_own(copy.by); })) return true;
  const std::pair<EpochId, crypto::DhPublicKey> name(epoch.id, to.receiving_key);
  if (known.contains(name)) return true;
  const auto right = seal_key(key, to);
  const bool opens = right && any([&](const Epoch::Copy& copy) { return copy.box == right->box; });
  if (opens) known.insert(name);
  return opens;
}

}  // namespace

std::optional<wire::record::KeysSealed::Copy> seal_key(const crypto::SymmetricKey& key,
                                                       const Device& to) {
  if (to.keys_clash) return std::nullopt;
  Bytes box = crypto::seal_to(ephemeral(key, to.receiving_key), to.receiving_key, key.view());
  if (box.empty()) return std::nullopt;
  return wire::record::KeysSealed::Copy{to.id, std::move(box)};
}

void seal_to_all(std::vector<wire::record::KeysSealed>& sealed, const EpochId& epoch,
                 const crypto::SymmetricKey& key, const std::vector<const Device*>& to) {
  std::size_t room = 0;
  for (const Device* device : to) {
    auto copy = seal_key(key, *device);
    if (!copy) continue;
    if (room == 0) {
      sealed.push_back({epoch, {}});
      room = limits::kCopiesPerRecord;
    }
    sealed.back().copies.push_back(*std::move(copy));
    --room;
  }
}

bool may_share_key(const Epoch& epoch) {
  return std::any_of(epoch.makings.begin(), epoch.makings.end(),
                     [](const Epoch::Making& making) { return making.complete; });
}

std::vector<wire::record::KeysSealed> missing_copies(const Membership& membership,
                                                     const Keyring& keyring, const Epoch& epoch,
                                                     const IsOwn& is_own, KnownCopies& known) {
  std::vector<wire::record::KeysSealed> sealed;
  if (!may_share_key(epoch)) return sealed;
  const crypto::SymmetricKey& key = *keyring.key(epoch.id);
  std::vector<const Device*> lacking;
  for (const DeviceId& id : membership.readers(epoch.compartment)) {
    const Device& device = *membership.device(id);
    if (!has_copy(epoch, key, device, is_own, known)) lacking.push_back(&device);
  }
  seal_to_all(sealed, epoch.id, key, lacking);
  return sealed;
}

std::vector<const Epoch*> own_epochs(const Membership& membership, const Keyring& keyring,
                                     const IsOwn& is_own) {
  const std::vector<EpochId> mesh = keyring.mesh_keys(membership).current;
  const auto is_meant = [&](const Epoch& epoch) {
    const bool is_old = epoch.compartment == membership.control() &&
                        std::find(mesh.begin(), mesh.end(), epoch.id) == mesh.end();
    return !is_old && keyring.key(epoch.id) != nullptr &&
           std::any_of(epoch.makings.begin(), epoch.makings.end(),
                       [&](const Epoch::Making& making) { return is_own(making.maker); });
  };
  std::vector<const Epoch*> own;
  for (const auto& [id, epoch] : membership.epochs()) {
    if (is_meant(epoch)) own.push_back(&epoch);
  }
  return own;
}

}  // namespace relais::access

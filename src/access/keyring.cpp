#include "access/keyring.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace relais::access {
namespace {

std::vector<wire::record::KeysSealed> seal_to_all(Random& random, const EpochId& epoch,
                                                  const crypto::SymmetricKey& key,
                                                  const std::vector<const Device*>& recipients) {
  std::vector<wire::record::KeysSealed> sealed;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (i % limits::kCopiesPerRecord == 0) sealed.push_back({epoch, {}});
    sealed.back().copies.push_back(seal_key(random, key, *recipients[i]));
  }
  return sealed;
}

/// The key in a copy, if it is this epoch's.
std::optional<crypto::SymmetricKey> open_copy(const Epoch& epoch, const Bytes& box,
                                              const crypto::DhKeyPair& receiving) {
  std::optional<Bytes> opened = crypto::open_sealed(receiving, box);
  if (!opened) return std::nullopt;
  const auto key = crypto::SymmetricKey::from(*opened);
  const bool whole = opened->size() == crypto::SymmetricKey::kSize;
  crypto::wipe(*opened);
  if (!whole || commitment(key, epoch.compartment) != epoch.commitment) return std::nullopt;
  return key;
}

}  // namespace

crypto::Hash commitment(const crypto::SymmetricKey& key, const CompartmentId& compartment) {
  return crypto::hash("epoch", {key.view(), compartment.view()});
}

EpochId epoch_id(const crypto::Hash& commitment) {
  return *EpochId::from(commitment.view().substr(0, EpochId::kSize));
}

NewEpoch make_epoch(Random& random, const CompartmentId& compartment, CitedHeads cited,
                    const std::vector<const Device*>& recipients) {
  RELAIS_CHECK(!recipients.empty());
  NewEpoch epoch;
  epoch.key = random.draw<crypto::SymmetricKey>();
  epoch.made.compartment = compartment;
  epoch.made.commitment = commitment(epoch.key, compartment);
  epoch.made.epoch = epoch_id(epoch.made.commitment);
  const auto says_nothing = [](const auto& head) { return head.seq == 0; };
  cited.erase(std::remove_if(cited.begin(), cited.end(), says_nothing), cited.end());
  if (cited.size() > limits::kCitedHeads) cited.resize(limits::kCitedHeads);
  epoch.made.cited = std::move(cited);
  epoch.sealed = seal_to_all(random, epoch.made.epoch, epoch.key, recipients);
  return epoch;
}

NewEpoch make_epoch(Random& random, const Membership& membership, const CompartmentId& compartment,
                    CitedHeads cited) {
  std::vector<const Device*> recipients;
  for (const DeviceId& id : membership.readers(compartment)) {
    recipients.push_back(membership.device(id));
  }
  return make_epoch(random, compartment, std::move(cited), recipients);
}

wire::record::KeysSealed::Copy seal_key(Random& random, const crypto::SymmetricKey& key,
                                        const Device& to) {
  Bytes box = crypto::seal_to(random, to.receiving_key, key.view());
  RELAIS_CHECK(!box.empty());  // no device is enrolled with a key of low order
  return {to.id, std::move(box)};
}

Keyring Keyring::open(const Membership& membership, const DeviceId& self,
                      const crypto::DhKeyPair& receiving) {
  Keyring keyring;
  const auto add_from = [&](const Epoch& epoch) {
    const auto is_before = [](const auto& copy, const DeviceId& id) { return copy.device < id; };
    auto copy = std::lower_bound(epoch.copies.begin(), epoch.copies.end(), self, is_before);
    for (; copy != epoch.copies.end() && copy->device == self; ++copy) {
      const auto key = open_copy(epoch, copy->box, receiving);
      if (!key) continue;
      keyring.keys_.emplace(epoch.id, *key);
      return;
    }
  };
  for (const auto& [id, epoch] : membership.epochs()) add_from(epoch);
  return keyring;
}

const crypto::SymmetricKey* Keyring::key(const EpochId& epoch) const {
  const auto found = keys_.find(epoch);
  return found == keys_.end() ? nullptr : &found->second;
}

std::vector<const Epoch*> Keyring::held(const Membership& membership,
                                        const CompartmentId& compartment) const {
  std::vector<const Epoch*> held = membership.epochs(compartment);
  const auto lacks = [this](const Epoch* epoch) { return key(epoch->id) == nullptr; };
  held.erase(std::remove_if(held.begin(), held.end(), lacks), held.end());
  return held;
}

const Epoch* Keyring::current(const Membership& membership,
                              const CompartmentId& compartment) const {
  const std::vector<const Epoch*> epochs = held(membership, compartment);
  const auto all_authorised = [&](const Epoch* epoch) {
    return std::all_of(epoch->copies.begin(), epoch->copies.end(), [&](const auto& copy) {
      return membership.may_read(copy.device, compartment);
    });
  };
  const auto newest = std::find_if(epochs.rbegin(), epochs.rend(), all_authorised);
  return newest == epochs.rend() ? nullptr : *newest;
}

std::vector<crypto::SymmetricKey> Keyring::mesh_keys(const Membership& membership) const {
  std::vector<crypto::SymmetricKey> keys;
  const std::vector<const Epoch*> epochs = held(membership, membership.control());
  for (auto epoch = epochs.rbegin(); epoch != epochs.rend(); ++epoch) {
    if (keys.size() == limits::kMeshKeys) break;
    keys.push_back(*key((*epoch)->id));
  }
  return keys;
}

}  // namespace relais::access

#include "access/keyring.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "access/device_keys.h"
#include "access/key_sharing.h"
#include "base/limits.h"

namespace relais::access {
namespace {

/// The devices of one EpochMade, and the recipients of each part.
class Recipients {
 public:
  explicit Recipients(const Membership& membership) : membership_(membership) {}

  void add(const CompartmentId& compartment) {
    for (const DeviceId& id : membership_.readers(compartment)) {
      const Device& device = *membership_.device(id);
      const bool usable = !device.keys_clash && is_usable(device.receiving_key);
      if (usable && all_.size() < limits::kEpochRecipients) all_.insert(id);
    }
  }
  std::vector<DeviceId> all() const { return {all_.begin(), all_.end()}; }
  std::vector<const Device*> of(const CompartmentId& compartment) const {
    std::vector<const Device*> devices;
    for (const DeviceId& id : all_) {
      if (membership_.may_read(id, compartment)) devices.push_back(membership_.device(id));
    }
    return devices;
  }
  Bytes bits(const CompartmentId& compartment) const {
    Bytes bits((all_.size() + 7) / 8, '\0');
    std::size_t i = 0;
    for (const DeviceId& id : all_) {
      if (membership_.may_read(id, compartment)) bits[i / 8] |= static_cast<char>(1 << (i % 8));
      ++i;
    }
    return bits;
  }

 private:
  const Membership& membership_;
  std::set<DeviceId> all_;
};

/// The non-empty heads, as many as fit.
CitedHeads heads_to_cite(CitedHeads cited) {
  std::erase_if(cited, [](const auto& head) { return head.seq == 0; });
  if (cited.size() > limits::kCitedHeads) cited.resize(limits::kCitedHeads);
  return cited;
}

/// The devices over their limit, which every epoch must list.
std::vector<DeviceId> over_limit(const Membership& membership) {
  std::vector<DeviceId> named;
  for (const DeviceId& id : membership.over_limit()) {
    const Device* device = membership.device(id);
    if (device != nullptr && device->level <= Level::supervisor) named.push_back(id);
  }
  return named;
}

/// The key in a copy; nothing if it isn't this epoch's.
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

NewEpochs make_epochs(Random& random, const Membership& membership,
                      const std::vector<CompartmentId>& compartments, const CitedHeads& cited) {
  NewEpochs epochs;
  for (std::size_t from = 0; from < compartments.size(); from += limits::kEpochParts) {
    const std::size_t end = std::min(compartments.size(), from + limits::kEpochParts);
    Recipients recipients(membership);
    for (std::size_t i = from; i < end; ++i) recipients.add(compartments[i]);
    auto& made = epochs.made.emplace_back();
    made.cited = heads_to_cite(cited);
    made.devices = recipients.all();
    made.over_limit = over_limit(membership);
    for (std::size_t i = from; i < end; ++i) {
      const CompartmentId& compartment = compartments[i];
      const auto key = random.draw<crypto::SymmetricKey>();
      const crypto::Hash promise = commitment(key, compartment);
      made.parts.push_back({compartment, promise, recipients.bits(compartment)});
      seal_to_all(epochs.sealed, epoch_id(promise), key, recipients.of(compartment));
      epochs.keys.emplace(compartment, key);
    }
  }
  return epochs;
}

void append(std::vector<wire::ControlRecord>& records, NewEpochs epochs) {
  for (auto& made : epochs.made) records.emplace_back(std::move(made));
  for (auto& sealed : epochs.sealed) records.emplace_back(std::move(sealed));
}

Keyring Keyring::open(const Membership& membership, const DeviceId& self,
                      const crypto::DhKeyPair& receiving) {
  Keyring keyring;
  const auto add_from = [&](const Epoch& epoch) {
    for (const Epoch::Copy& copy : epoch.copies_for(self)) {
      const auto key = open_copy(epoch, copy.box, receiving);
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

namespace {

using Making = Epoch::Making;

bool is_usable_making(const Making& making) { return making.open && making.complete; }

bool is_usable_epoch(const Epoch& epoch) {
  return !epoch.ambiguous &&
         std::any_of(epoch.makings.begin(), epoch.makings.end(), is_usable_making);
}

/// Whether usable epochs among `others`, of its level or higher, cite each usable making of this
/// one.
bool is_replaced(const Epoch& epoch, const std::vector<const Epoch*>& others) {
  const auto cited_by_another = [&](const Making& making) {
    for (const Epoch* other : others) {
      if (other == &epoch) continue;
      for (const Making& by : other->makings) {
        if (!is_usable_making(by) || by.level > making.level) continue;
        const auto covered = by.covered->find(making.maker);
        if (covered != by.covered->end() && covered->second >= making.seq) return true;
      }
    }
    return false;
  };
  return std::all_of(epoch.makings.begin(), epoch.makings.end(), [&](const Making& making) {
    return !is_usable_making(making) || cited_by_another(making);
  });
}

/// The epochs to write under: usable and not replaced, higher levels first.
std::vector<const Epoch*> writable(std::vector<const Epoch*> held) {
  std::erase_if(held, [](const Epoch* epoch) { return !is_usable_epoch(*epoch); });
  std::vector<const Epoch*> left;
  for (const Epoch* epoch : held) {
    if (!is_replaced(*epoch, held)) left.push_back(epoch);
  }
  const auto level = [](const Epoch* epoch) {
    const auto usable =
        std::find_if(epoch->makings.begin(), epoch->makings.end(), is_usable_making);
    return usable->level;  // makings are sorted by level
  };
  std::stable_sort(left.begin(), left.end(),
                   [&](const Epoch* a, const Epoch* b) { return level(a) < level(b); });
  return left;
}

}  // namespace

const Epoch* Keyring::current(const Membership& membership,
                              const CompartmentId& compartment) const {
  const auto epochs = writable(held(membership, compartment));
  return epochs.empty() ? nullptr : epochs.front();
}

// Old keys are taken from each author in turn, newest first, so that no author's keys displace
// another's.
Keyring::MeshKeys Keyring::mesh_keys(const Membership& membership) const {
  MeshKeys keys;
  const std::vector<const Epoch*> all = held(membership, membership.control());
  const std::vector<const Epoch*> current = writable(all);
  for (const Epoch* epoch : current) keys.current.push_back(epoch->id);
  std::map<AuthorId, std::multimap<std::uint64_t, EpochId, std::greater<>>> by_author;
  for (const Epoch* epoch : all) {
    if (std::find(current.begin(), current.end(), epoch) != current.end()) continue;
    const Making& first = epoch->makings.front();
    by_author[first.maker].emplace(first.seq, epoch->id);
  }
  while (!by_author.empty()) {
    for (auto turn = by_author.begin(); turn != by_author.end();) {
      const auto newest = turn->second.begin();
      keys.old.push_back(newest->second);
      turn->second.erase(newest);
      turn = turn->second.empty() ? by_author.erase(turn) : std::next(turn);
    }
  }
  return keys;
}

}  // namespace relais::access

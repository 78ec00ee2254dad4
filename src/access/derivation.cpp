#include "access/derivation.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "access/certificate.h"
#include "access/keyring.h"
#include "base/limits.h"

namespace relais::access {
namespace {

bool same_place(const PlacedRecord& a, const PlacedRecord& b) {
  return a.author == b.author && a.seq == b.seq;
}

/// By author, then position. Two records at one place can't both be in one log; should a caller
/// give them, their bytes decide, so that the outcome is the same everywhere.
bool before(const PlacedRecord* a, const PlacedRecord* b) {
  if (same_place(*a, *b)) return wire::encode(a->record) < wire::encode(b->record);
  return std::tie(a->author, a->seq) < std::tie(b->author, b->seq);
}

/// Sorted, and each once: a set, whatever its order and repetitions were.
std::vector<const PlacedRecord*> as_set(const std::vector<PlacedRecord>& records) {
  std::vector<const PlacedRecord*> places;
  places.reserve(records.size());
  for (const PlacedRecord& record : records) places.push_back(&record);
  std::sort(places.begin(), places.end(), before);
  const auto same = [](const PlacedRecord* a, const PlacedRecord* b) {
    return same_place(*a, *b) && wire::encode(a->record) == wire::encode(b->record);
  };
  places.erase(std::unique(places.begin(), places.end(), same), places.end());
  return places;
}

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return a > most - b ? most : a + b;
}

bool fits(std::string_view text, std::size_t limit) { return text.size() <= limit; }

}  // namespace

void Derivation::run(const std::vector<PlacedRecord>& records) {
  const Places all = as_set(records);
  // Owners are added by root alone, so after root's logs it is settled whose logs come next.
  // Supervisors' logs would follow here; in version 1 they may not write in control.
  take_authors_of(Level::root, all);
  take_authors_of(Level::owner, all);

  apply_all<wire::record::SpaceCreated>();
  apply_all<wire::record::CompartmentCreated>();
  for (auto& [id, compartment] : compartments_) out_.compartments_.push_back(compartment);
  apply_all<wire::record::SectionMapped>();
  apply_all<wire::record::RightsGranted>();
  apply_all<wire::record::EpochMade>();
  apply_all<wire::record::KeysSealed>();
  sort_epochs();

  for (const PlacedRecord* place : all) {
    if (std::holds_alternative<wire::record::Unknown>(place->record)) ++out_.tally_.unknown;
  }
  out_.tally_.ignored = all.size() - out_.tally_.counted - out_.tally_.unknown;
  std::sort(out_.author_list_.begin(), out_.author_list_.end());
}

std::optional<Level> Derivation::level_of(const AuthorId& author) const {
  const auto key = authors_.find(author);
  if (key == authors_.end()) return std::nullopt;
  if (key->second == out_.root_key_) return Level::root;
  const Device* device = out_.device_of(key->second);
  if (device == nullptr) return std::nullopt;
  return device->level;
}

void Derivation::take_authors_of(Level level, const Places& all) {
  for (std::size_t i = 0; i < all.size();) {
    const AuthorId& author = all[i]->author;
    const bool entitled = level_of(author) == level;
    if (entitled) out_.author_list_.push_back(author);
    for (; i < all.size() && all[i]->author == author; ++i) {
      if (!entitled) continue;
      entitled_.push_back(all[i]);
      const auto* added = std::get_if<wire::record::MemberAdded>(&all[i]->record);
      if (added != nullptr && apply(*all[i], *added)) ++out_.tally_.counted;
    }
  }
}

template <class Record>
void Derivation::apply_all() {
  for (const PlacedRecord* place : entitled_) {
    const auto* record = std::get_if<Record>(&place->record);
    if (record != nullptr && apply(*place, *record)) ++out_.tally_.counted;
  }
}

bool Derivation::apply(const PlacedRecord& place, const wire::record::SpaceCreated&) {
  // For the tally alone: what counts is `first`, whose own bytes gave the space its id.
  return place.seq == 1 && level_of(place.author) == Level::root &&
         wire::encode(place.record) == first_;
}

bool Derivation::apply(const PlacedRecord& place, const wire::record::MemberAdded& added) {
  const auto body = verified_.verify(added.certificate, out_.space_);
  if (!body) return false;
  const std::optional<Level> issuer_level = level_of(place.author);
  const bool by_this_record = body->issuer == authors_.at(place.author) &&
                              body->issuer_author == place.author && body->issuer_seq == place.seq;
  if (!by_this_record || body->level <= *issuer_level) return false;
  if (body->signing_key == out_.root_key_) return false;

  Device device;
  device.id = log::device_id(body->signing_key);
  device.level = body->level;
  device.signing_key = body->signing_key;
  device.noise_key = body->noise_key;
  device.receiving_key = body->receiving_key;
  device.issuer = body->issuer;
  device.not_after_ms = body->not_after_ms;
  device.certificate = added.certificate;
  return out_.devices_.emplace(device.id, std::move(device)).second;
}

bool Derivation::apply(const PlacedRecord&, const wire::record::CompartmentCreated& created) {
  if (created.label.empty() || !fits(created.label, limits::kLabelBytes) ||
      !fits(created.scope, limits::kScopeBytes) || compartments_.size() >= limits::kCompartments) {
    return false;
  }
  const auto id = log::compartment_id(out_.space_, created.scope, created.label);
  return compartments_.emplace(id, Compartment{id, created.scope, created.label}).second;
}

bool Derivation::apply(const PlacedRecord&, const wire::record::SectionMapped& mapped) {
  const bool section_of_nothing = mapped.collection.empty() && !mapped.section.empty();
  if (section_of_nothing || mapped.label.empty() || !fits(mapped.label, limits::kLabelBytes) ||
      !fits(mapped.collection, limits::kCollectionBytes) ||
      !fits(mapped.section, limits::kPathStepBytes)) {
    return false;
  }
  return out_.labels_.emplace(std::pair(mapped.collection, mapped.section), mapped.label).second;
}

bool Derivation::apply(const PlacedRecord&, const wire::record::RightsGranted& granted) {
  const Device* device = out_.device(granted.device);
  if (device == nullptr || device->level == Level::courier) return false;
  if (out_.compartment(granted.compartment) == nullptr) return false;
  const std::uint32_t known = granted.rights & kAllRights;
  if (known == 0) return false;
  std::uint32_t& rights = out_.rights_[{granted.device, granted.compartment}];
  const bool adds = (rights | known) != rights;
  rights |= known;
  return adds;
}

bool Derivation::apply(const PlacedRecord& place, const wire::record::EpochMade& made) {
  const bool known =
      made.compartment == out_.control_ || out_.compartment(made.compartment) != nullptr;
  if (!known || made.epoch != epoch_id(made.commitment)) return false;
  std::map<AuthorId, std::uint64_t> cited;  // each author once
  for (const auto& head : made.cited) {
    cited[head.author] = std::max(cited[head.author], head.seq);
  }
  cited[place.author] = place.seq;
  Epoch epoch;
  epoch.id = made.epoch;
  epoch.compartment = made.compartment;
  epoch.commitment = made.commitment;
  epoch.maker = place.author;
  epoch.maker_seq = place.seq;
  for (const auto& [author, seq] : cited) epoch.seen = saturating_add(epoch.seen, seq);
  return out_.epochs_.emplace(epoch.id, std::move(epoch)).second;
}

bool Derivation::apply(const PlacedRecord&, const wire::record::KeysSealed& sealed) {
  const auto epoch = out_.epochs_.find(sealed.epoch);
  if (epoch == out_.epochs_.end() || sealed.copies.empty()) return false;
  // A copy to a device that may not read is kept too: it gave the key away, and who writes must
  // know that.
  auto& copies = epoch->second.copies;
  copies.insert(copies.end(), sealed.copies.begin(), sealed.copies.end());
  return true;
}

void Derivation::sort_epochs() {
  using Copy = wire::record::KeysSealed::Copy;
  for (auto& [id, epoch] : out_.epochs_) {
    const auto key = [](const Copy& copy) { return std::tie(copy.device, copy.box); };
    auto& copies = epoch.copies;
    std::sort(copies.begin(), copies.end(),
              [&](const Copy& a, const Copy& b) { return key(a) < key(b); });
    const auto same = [&](const Copy& a, const Copy& b) { return key(a) == key(b); };
    copies.erase(std::unique(copies.begin(), copies.end(), same), copies.end());
    out_.epoch_order_[epoch.compartment].push_back(id);
  }
  const auto age = [this](const EpochId& id) {
    const Epoch& epoch = out_.epochs_.at(id);
    return std::tie(epoch.seen, epoch.maker, epoch.maker_seq);
  };
  for (auto& [compartment, order] : out_.epoch_order_) {
    std::sort(order.begin(), order.end(),
              [&](const EpochId& a, const EpochId& b) { return age(a) < age(b); });
  }
}

}  // namespace relais::access

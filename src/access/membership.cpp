#include "access/membership.h"

#include <algorithm>

#include "access/derivation.h"
#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::access {

LocatedRecord read_record(const AuthorId& author, std::uint64_t seq, const crypto::Hash& hash,
                          BytesView block) {
  auto record = wire::decode_control_record(block);
  return {author, seq, hash, record ? std::move(record).value() : wire::record::Unknown{}};
}

Result<Membership> Membership::derive(const SpaceId& space, BytesView first,
                                      const std::map<AuthorId, crypto::SigningPublicKey>& authors,
                                      const std::vector<LocatedRecord>& records) {
  Membership membership;
  RELAIS_ASSIGN(membership.root_key_, root_key_of(first, space));
  membership.space_ = space;
  membership.control_ = log::control_compartment(space);
  Derivation(membership, first, authors, records).run();
  return membership;
}

std::span<const Epoch::Copy> Epoch::copies_for(const DeviceId& device) const {
  const auto by_device = [](const Copy& copy) { return copy.device; };
  const auto found = std::ranges::equal_range(copies, device, {}, by_device);
  return {found.begin(), found.end()};
}

const Device* Membership::device(const DeviceId& id) const {
  const auto found = devices_.find(id);
  return found == devices_.end() ? nullptr : &found->second;
}

const Device* Membership::device_of(const crypto::SigningPublicKey& key) const {
  const Device* found = device(log::device_id(key));
  return found != nullptr && found->signing_key == key ? found : nullptr;
}

const Compartment* Membership::compartment(const CompartmentId& id) const {
  const auto found = std::lower_bound(
      compartments_.begin(), compartments_.end(), id,
      [](const Compartment& one, const CompartmentId& other) { return one.id < other; });
  return found != compartments_.end() && found->id == id ? &*found : nullptr;
}

std::uint32_t Membership::rights(const DeviceId& id, const CompartmentId& compartment) const {
  const Device* known = device(id);
  if (known == nullptr) return id == log::device_id(root_key_) ? kAllRights : 0;
  if (known->level <= Level::owner) return kAllRights;
  if (compartment == control_) {
    return known->level == Level::supervisor ? wire::kRead | wire::kWrite : wire::kRead;
  }
  const auto granted = rights_.find({id, compartment});
  return granted == rights_.end() ? 0 : granted->second;
}

bool Membership::may_write(const crypto::SigningPublicKey& key,
                           const CompartmentId& compartment) const {
  if (key != root_key_ && device_of(key) == nullptr) return false;
  return (rights(log::device_id(key), compartment) & wire::kWrite) != 0;
}

bool Membership::may_read(const DeviceId& device, const CompartmentId& compartment) const {
  return (rights(device, compartment) & wire::kRead) != 0;
}

std::vector<DeviceId> Membership::readers(const CompartmentId& compartment) const {
  std::vector<DeviceId> readers;
  for (const auto& [id, device] : devices_) {
    if (may_read(id, compartment)) readers.push_back(id);
  }
  return readers;
}

const Labels* Membership::labels(std::string_view collection, std::string_view section) const {
  const std::pair<std::string_view, std::string_view> from_nearest[] = {
      {collection, section}, {collection, ""}, {"", ""}};
  for (const auto& key : from_nearest) {
    const auto found = labels_.find(key);
    if (found != labels_.end()) return &found->second;
  }
  return nullptr;
}

bool Membership::takes_section(std::string_view collection, std::string_view section) const {
  using Key = std::pair<std::string_view, std::string_view>;
  if (section.empty() || labels_.contains(Key{collection, section})) return true;
  const auto all = labels_.find(Key{collection, ""});
  return all == labels_.end() || !all->second.closed;
}

std::vector<std::pair<std::string, std::string>> Membership::mapping_conflicts() const {
  std::vector<std::pair<std::string, std::string>> conflicts;
  for (const auto& [section, labels] : labels_) {
    if (labels.open.size() > 1) conflicts.push_back(section);
  }
  return conflicts;
}

std::vector<const Epoch*> Membership::epochs(const CompartmentId& compartment) const {
  std::vector<const Epoch*> epochs;
  for (const auto& [id, epoch] : epochs_) {
    if (epoch.compartment == compartment) epochs.push_back(&epoch);
  }
  return epochs;
}

std::size_t Membership::authors_allowed(const crypto::SigningPublicKey& key) const {
  if (key == root_key_) return SIZE_MAX;
  const auto allowed = allowed_.find(log::device_id(key));
  const std::size_t more = allowed == allowed_.end() ? 0 : allowed->second;
  return std::max(limits::kAuthorsPerDevice, more);
}

std::uint64_t Membership::control_length(const AuthorId& author) const {
  const auto length = lengths_.find(author);
  return length == lengths_.end() ? 0 : length->second;
}

const Epoch* Membership::epoch(const EpochId& id) const {
  const auto found = epochs_.find(id);
  return found == epochs_.end() ? nullptr : &found->second;
}

namespace {

void put(Bytes& out, const Device& device) {
  out += device.id.view();
  put_varint(out, static_cast<std::uint64_t>(device.level));
  out += device.signing_key.view();
  out += device.noise_key.view();
  out += device.receiving_key.view();
  out += device.issuer.view();
  put_signed(out, device.not_after_ms);
  put_sized(out, device.certificate);
  out.push_back(static_cast<char>((device.keys_clash ? 1 : 0) + (device.levels_clash ? 2 : 0)));
}

void put(Bytes& out, const Labels& labels) {
  for (const auto* list : {&labels.filed, &labels.open, &labels.highest}) {
    put_varint(out, list->size());
    for (const std::string& label : *list) put_sized(out, label);
  }
  out.push_back(labels.closed ? 1 : 0);
}

void put(Bytes& out, const Epoch& epoch) {
  out += epoch.id.view();
  if (!epoch.ambiguous) out += epoch.compartment.view();
  if (!epoch.ambiguous) out += epoch.commitment.view();
  put_varint(out, epoch.makings.size());
  for (const Epoch::Making& making : epoch.makings) {
    out += making.maker.view();
    put_varint(out, making.seq);
    out.push_back(static_cast<char>((making.open ? 1 : 0) + (making.complete ? 2 : 0)));
    for (const auto& [author, seq] : *making.covered) {
      out += author.view();
      put_varint(out, seq);
    }
  }
  put_varint(out, epoch.copies.size());
  for (const auto& copy : epoch.copies) {
    out += copy.device.view();
    out += copy.by.view();
    put_sized(out, copy.box);
  }
}

}  // namespace

Bytes Membership::canonical() const {
  Bytes out(space_.view());
  out += root_key_.view();
  put_varint(out, devices_.size());
  for (const auto& [id, device] : devices_) put(out, device);
  put_varint(out, compartments_.size());
  for (const Compartment& compartment : compartments_) {
    out += compartment.id.view();
    put_sized(out, compartment.scope);
    put_sized(out, compartment.label);
  }
  put_varint(out, rights_.size());
  for (const auto& [key, rights] : rights_) {
    out += key.first.view();
    out += key.second.view();
    put_varint(out, rights);
  }
  put_varint(out, labels_.size());
  for (const auto& [section, labels] : labels_) {
    put_sized(out, section.first);
    put_sized(out, section.second);
    put(out, labels);
  }
  put_varint(out, epochs_.size());
  for (const auto& [id, epoch] : epochs_) put(out, epoch);
  for (const DeviceId& device : over_limit_) out += device.view();
  return out;
}

SpaceId space_id(BytesView first_record) {
  SpaceId id;
  id.bytes = crypto::hash("space", {first_record}).bytes;
  return id;
}

Result<crypto::SigningPublicKey> root_key_of(BytesView first_record, const SpaceId& space) {
  const Error wrong(ErrorCode::corrupt, "The first record belongs to another space.");
  if (first_record.size() > limits::kFirstRecordBytes || space_id(first_record) != space) {
    return wrong;
  }
  RELAIS_ASSIGN(const wire::ControlRecord record, wire::decode_control_record(first_record));
  const auto* created = std::get_if<wire::record::SpaceCreated>(&record);
  if (created == nullptr || !crypto::is_valid(created->root_key)) return wrong;
  return created->root_key;
}

}  // namespace relais::access

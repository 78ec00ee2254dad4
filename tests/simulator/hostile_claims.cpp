// Control records that an attacker with a member's keys writes.
#include <algorithm>

#include "access/key_sharing.h"
#include "access/keyring.h"
#include "base/limits.h"
#include "replica/write/own_commit.h"
#include "simulator/hostile.h"

namespace relais::simulator {

namespace record = wire::record;

/// An epoch of the device's compartments that cites real heads of control, or absurd ones. No
/// device gets its key.
record::EpochMade Hostile::some_epoch() {
  const replica::Core& core = device_->device.core();
  record::EpochMade made;
  const bool absurd = chance_.one_in(2);
  if (absurd) count("an epoch that cites places which nobody holds");
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.compartment != core.control_compartment() || row.head.seq == 0) continue;
    wire::Citation cited{id.author, row.head.seq, row.head.hash};
    if (absurd) cited.seq = chance_.one_in(2) ? limits::kLastSeq : cited.seq + chance_.below(1000);
    made.cited.push_back(cited);
    if (made.cited.size() == 8) break;
  }
  for (const auto& [id, device] : core.control.membership.devices()) {
    if (chance_.one_in(2)) made.devices.push_back(id);
  }
  if (chance_.one_in(4))
    made.over_limit.push_back(context_.nodes.hub().device.on()
                                  ? context_.nodes.hub().device.core().identity.device()
                                  : DeviceId{});
  for (const Target& target : targets_) {
    const auto key = chance_.draw<crypto::SymmetricKey>();
    const crypto::Hash commitment = access::commitment(key, target.id);
    own_epochs_[target.id] = {access::epoch_id(commitment), key};
    made.parts.push_back({target.id, commitment, Bytes((made.devices.size() + 7) / 8, '\xff')});
  }
  if (chance_.one_in(4)) {
    count("a mesh key that a member made");
    const auto key = chance_.draw<crypto::SymmetricKey>();
    made.parts.push_back({core.control_compartment(),
                          access::commitment(key, core.control_compartment()),
                          Bytes((made.devices.size() + 7) / 8, '\xff')});
  }
  return made;
}

/// Makes an epoch of the device's compartments that covers everything known, and gives its key to
/// one other device only: what that writes under it nobody else can read, unless it shares the key.
void Hostile::lure(HostileLog& log) {
  const replica::Core& core = device_->device.core();
  const access::Membership& membership = core.control.membership;
  Node& victim = *chance_.pick(context_.nodes.members());
  const access::Device* to =
      victim.device.on() ? membership.device(victim.device.core().identity.device()) : nullptr;
  if (to == nullptr) return;
  count("an epoch whose key one other alone is given");
  record::EpochMade made;
  made.cited = replica::control_heads(core);
  made.devices = {to->id};
  std::vector<record::KeysSealed> sealed;
  for (const Target& target : targets_) {
    const auto key = chance_.draw<crypto::SymmetricKey>();
    const crypto::Hash commitment = access::commitment(key, target.id);
    made.parts.push_back({target.id, commitment, Bytes(1, '\1')});
    access::seal_to_all(sealed, access::epoch_id(commitment), key, {to});
  }
  log.append(0, wire::encode(wire::ControlRecord(made)), true);
  for (const auto& each : sealed) log.append(0, wire::encode(wire::ControlRecord(each)), true);
}

/// Records that members may not write, and key copies that no device can open.
wire::ControlRecord Hostile::some_claim() {
  const replica::Core& core = device_->device.core();
  const DeviceId self = core.identity.device();
  switch (chance_.below(6)) {
    case 0: count("a claim of more authors"); return record::AuthorsAllowed{self, 1'000'000};
    case 1:
      count("a claim of rights");
      return record::RightsGranted{self, chance_.pick(targets_).id, wire::kRead | wire::kGrant};
    case 2:
      count("a claim of a section");
      return record::SectionMapped{"cases", sections_.front(), sections_.back(), {}, true};
    case 3: count("a claim of a compartment"); return record::CompartmentCreated{"z9", "hostile"};
    case 4: {
      count("a certificate that a member may not give");
      const access::Device* device = core.control.membership.device(self);
      return record::MemberAdded{device == nullptr ? Bytes("none") : device->certificate, {}};
    }
    default: return record::Unknown{};
  }
}

/// Writes into a log of control: in one incarnation what members may write, in another what they
/// may not.
void Hostile::claim() {
  if (!device_->device.on()) return;
  const replica::Core& core = device_->device.core();
  const std::size_t which = chance_.below(2);
  const CompartmentId control = core.control_compartment();
  const log::LogId id{control, log::author_id(signing_->public_key, instances_[which])};
  auto& written = logs_[id];
  if (written == nullptr) {
    HostileLog::Run plain;
    plain.header.format = log::RunHeader::Format::plain;
    written.reset(new Written{
        {{core.identity.space, *signing_, instances_[which]}, control, plain}, false, {}});
  }
  if (which == 1) {
    const wire::ControlRecord claim = some_claim();
    const Bytes bytes = wire::encode(claim);
    written->log.append(0, bytes.empty() ? Bytes("no record") : bytes, true);
  } else if (chance_.one_in(3) && !own_epochs_.empty()) {
    count("copies of keys that open for nobody");
    record::KeysSealed sealed;
    sealed.epoch = own_epochs_.begin()->second.first;
    for (const auto& [device, unused] : core.control.membership.devices()) {
      sealed.copies.push_back({device, chance_.bytes(80)});
      if (sealed.copies.size() == 20) break;
    }
    written->log.append(0, wire::encode(wire::ControlRecord(sealed)), true);
  } else if (chance_.one_in(3)) {
    lure(written->log);
  } else {
    written->log.append(0, wire::encode(wire::ControlRecord(some_epoch())), true);
  }
  std::vector<Node*> on;
  for (Node* node : context_.nodes.members()) {
    if (node->device.on()) on.push_back(node);
  }
  if (!on.empty()) bring(*written, *chance_.pick(on));
}

}  // namespace relais::simulator

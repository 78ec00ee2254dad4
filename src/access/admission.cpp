#include <algorithm>
#include <optional>

#include "access/certificate.h"
#include "access/joining.h"
#include "access/key_sharing.h"
#include "base/try.h"

namespace relais::access {
namespace {

using Records = std::vector<wire::ControlRecord>;

Error not_authorised(std::string message) {
  return {ErrorCode::not_authorised, std::move(message), Retry::after_user_acts};
}

std::optional<Level> level_of(const Membership& membership, const crypto::SigningPublicKey& key) {
  if (key == membership.root_key()) return Level::root;
  const Device* device = membership.device_of(key);
  if (device == nullptr) return std::nullopt;
  return device->level;
}

Status check_admitter(const Membership& membership, const DeviceKeys& self, Level level) {
  const std::optional<Level> own = level_of(membership, self.signing.public_key);
  if (!own || *own > Level::owner) {
    return not_authorised("This device may not admit others: ask an owner of the space.");
  }
  if (level <= *own) {
    return not_authorised(
        "An owner admits supervisors, members and couriers; another owner needs the recovery "
        "phrase.");
  }
  return {};
}

Status check_grants(const Membership& membership, const Admission& admission) {
  const bool known_bits = (admission.rights & ~kAllRights) == 0 && admission.rights != 0;
  if (!admission.compartments.empty() && (!known_bits || admission.level == Level::courier)) {
    return Error(ErrorCode::invalid_argument,
                 "A member's rights are to read, write and grant; a courier has none.");
  }
  for (const CompartmentId& id : admission.compartments) {
    if (membership.compartment(id) == nullptr) {
      return Error(ErrorCode::not_found, "The space has no such compartment.");
    }
  }
  return {};
}

bool has_same_keys(const Device& device, const JoinRequest& request) {
  return device.signing_key == request.signing_key && device.noise_key == request.noise_key &&
         device.receiving_key == request.receiving_key;
}

/// Fails if the joiner's keys may not be enrolled.
Status check_joiner(const Membership& membership, const JoinRequest& request) {
  if (!are_usable(request.signing_key, request.noise_key, request.receiving_key) ||
      request.signing_key == membership.root_key()) {
    return not_authorised("The joining device's keys can't be used: start again on that device.");
  }
  const Device* known = membership.device(log::device_id(request.signing_key));
  if (known != nullptr && (known->keys_clash || !has_same_keys(*known, request))) {
    return not_authorised(
        "That device is already a member with other keys: make new keys there and join again.");
  }
  return {};
}

Device to_be_added(const JoinRequest& request, const Admission& admission) {
  Device device;
  device.id = log::device_id(request.signing_key);
  device.level = admission.level;
  device.signing_key = request.signing_key;
  device.noise_key = request.noise_key;
  device.receiving_key = request.receiving_key;
  return device;
}

wire::record::MemberAdded add(const Membership& membership, const DeviceKeys& self,
                              const AuthorId& author, std::uint64_t seq, const JoinRequest& request,
                              const Admission& admission) {
  wire::CertificateBody body = certificate_body(request, membership.space());
  body.level = admission.level;
  body.issuer = self.signing.public_key;
  body.issuer_author = author;
  body.issuer_seq = seq;
  body.not_after_ms = admission.not_after_ms;
  return {wire::encode(sign_certificate(body, self.signing.secret_key))};
}

void give_key(Records& records, const Keyring& keyring, const Epoch& epoch, const Device& to) {
  auto copy = may_share_key(epoch) ? seal_key(*keyring.key(epoch.id), to) : std::nullopt;
  if (copy) records.emplace_back(wire::record::KeysSealed{epoch.id, {*std::move(copy)}});
}

Error lacks_keys() {
  return not_authorised("This device lacks a key that it must share: sync it first.");
}

/// Adds the current mesh keys, with which the joiner opens sessions with any member.
Status give_mesh_keys(Records& records, const Membership& membership, const Keyring& keyring,
                      const Device& to) {
  const auto keys = keyring.mesh_keys(membership).current;
  if (keys.empty() && !membership.epochs(membership.control()).empty()) return lacks_keys();
  for (const EpochId& id : keys) give_key(records, keyring, *membership.epoch(id), to);
  return {};
}

/// Adds all epochs of a compartment: a new reader reads its history.
/// Fails: not_authorised if there are epochs and this device holds no key of theirs.
Status give_all_keys(Records& records, const Membership& membership, const Keyring& keyring,
                     const CompartmentId& compartment, const Device& to) {
  const std::vector<const Epoch*> held = keyring.held(membership, compartment);
  if (held.empty() && !membership.epochs(compartment).empty()) return lacks_keys();
  for (const Epoch* epoch : held) give_key(records, keyring, *epoch, to);
  return {};
}

}  // namespace

Result<Records> admit_device(const Membership& membership, const Keyring& keyring,
                             const DeviceKeys& self, const AuthorId& self_author,
                             std::uint64_t next_seq, const JoinRequest& request,
                             const Admission& admission) {
  RELAIS_TRY(check_admitter(membership, self, admission.level));
  RELAIS_TRY(check_grants(membership, admission));
  RELAIS_TRY(check_joiner(membership, request));
  const Device device = to_be_added(request, admission);
  if (membership.device(device.id) != nullptr) return Records{};

  Records records;
  records.emplace_back(add(membership, self, self_author, next_seq, request, admission));
  for (const CompartmentId& id : admission.compartments) {
    records.emplace_back(wire::record::RightsGranted{device.id, id, admission.rights});
  }
  RELAIS_TRY(give_mesh_keys(records, membership, keyring, device));
  if ((admission.rights & (wire::kRead | wire::kWrite)) == 0) return records;
  for (const CompartmentId& id : admission.compartments) {
    RELAIS_TRY(give_all_keys(records, membership, keyring, id, device));
  }
  return records;
}

}  // namespace relais::access

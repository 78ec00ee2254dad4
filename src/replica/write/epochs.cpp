#include "replica/write/epochs.h"

#include <algorithm>

#include "access/key_sharing.h"
#include "base/limits.h"
#include "base/try.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/write/own_commit.h"

namespace relais::replica {
namespace {

using Records = std::vector<wire::ControlRecord>;

const access::Epoch* current_epoch(const Core& core, const CompartmentId& compartment) {
  return core.control.keyring.current(core.control.membership, compartment);
}

/// The compartments, including control, that this device may write and has no epoch for.
std::vector<CompartmentId> without_epoch(const Core& core) {
  const access::Membership& membership = core.control.membership;
  const crypto::SigningPublicKey& self = core.identity.keys.signing.public_key;
  std::vector<CompartmentId> compartments;
  const auto consider = [&](const CompartmentId& id) {
    if (membership.may_write(self, id) && current_epoch(core, id) == nullptr)
      compartments.push_back(id);
  };
  consider(membership.control());
  for (const access::Compartment& compartment : membership.compartments()) consider(compartment.id);
  return compartments;
}

bool may_write_keys(const Core& core) {
  const access::Device* self = core.control.membership.device(core.identity.device());
  return self != nullptr && self->level <= access::Level::member && check_own_authors(core);
}

/// As many records as any log has room for.
constexpr std::size_t kAtOnce = limits::kMemberRecords / 4;

/// Writes records in commits that fit a member's log; if it is full, starts a new incarnation.
Status write_keys(Core& core, const Records& records) {
  for (std::size_t from = 0; from < records.size(); from += kAtOnce) {
    const auto end = std::min(records.size(), from + kAtOnce);
    const access::Membership& membership = core.control.membership;
    const access::Device* self = membership.device(core.identity.device());
    const bool is_member = self != nullptr && self->level == access::Level::member;
    const std::uint64_t held = membership.control_length(core.identity.author());
    if (is_member && held + (end - from) > limits::kMemberRecords) {
      RELAIS_TRY(start_new_incarnation(core, core.identity.marker));
    }
    RELAIS_TRY(write_control(core, Records(records.begin() + static_cast<std::ptrdiff_t>(from),
                                           records.begin() + static_cast<std::ptrdiff_t>(end))));
  }
  return {};
}

access::IsOwn is_own(const Core& core) {
  return [&core](const AuthorId& author) {
    return core.authors.knows(core.identity.keys.signing.public_key, author);
  };
}

Status share_keys(Core& core, const std::vector<const access::Epoch*>& epochs) {
  Records records;
  std::vector<access::EpochId> shared_epochs;
  for (const access::Epoch* epoch : epochs) {
    if (core.shared_epochs.contains(epoch->id)) continue;
    auto sealed = access::missing_copies(core.control.membership, core.control.keyring, *epoch,
                                         is_own(core), core.known_copies);
    for (auto& record : sealed) records.emplace_back(std::move(record));
    shared_epochs.push_back(epoch->id);
  }
  if (!records.empty()) RELAIS_TRY(write_keys(core, records));
  core.shared_epochs.insert(shared_epochs.begin(), shared_epochs.end());
  return {};
}

}  // namespace

Status ensure_epoch(Core& core, const CompartmentId& compartment) {
  const access::Membership& membership = core.control.membership;
  if (!membership.may_write(core.identity.keys.signing.public_key, compartment)) return {};
  if (current_epoch(core, compartment) == nullptr) {
    RELAIS_TRY(make_epochs(core, without_epoch(core)));
  }
  const access::Epoch* epoch = current_epoch(core, compartment);
  return epoch == nullptr ? Status() : share_keys(core, {epoch});
}

Status ensure_epoch_if_nearly_full(Core& core, const CompartmentId& compartment) {
  const access::Membership& membership = core.control.membership;
  const access::Device* self = membership.device(core.identity.device());
  if (self == nullptr || self->level != access::Level::member) return {};
  const std::uint64_t held = membership.control_length(core.identity.author());
  return held + kAtOnce > limits::kMemberRecords ? ensure_epoch(core, compartment) : Status();
}

Status make_epochs(Core& core, const std::vector<CompartmentId>& compartments) {
  Records records;
  access::append(records, access::make_epochs(core.environment.random, core.control.membership,
                                              compartments, control_heads(core)));
  return write_keys(core, records);
}

Status share_own_epochs(Core& core) {
  if (!may_write_keys(core)) return {};
  return share_keys(
      core, access::own_epochs(core.control.membership, core.control.keyring, is_own(core)));
}

}  // namespace relais::replica

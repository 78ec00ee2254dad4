#include "engine/epochs.h"

#include "base/try.h"
#include "engine/own_commit.h"

namespace relais::engine {
namespace {

bool lacks_epoch(const Core& core, const CompartmentId& compartment) {
  return core.control.keyring.current(core.control.membership, compartment) == nullptr;
}

/// Those this device may write in and has no epoch for; control too, if it may write there.
std::vector<CompartmentId> without_epoch(const Core& core) {
  const access::Membership& membership = core.control.membership;
  const crypto::SigningPublicKey& self = core.identity.keys.signing.public_key;
  std::vector<CompartmentId> places;
  const auto consider = [&](const CompartmentId& id) {
    if (membership.may_write(self, id) && lacks_epoch(core, id)) places.push_back(id);
  };
  consider(membership.control());
  for (const access::Compartment& compartment : membership.compartments()) consider(compartment.id);
  return places;
}

}  // namespace

Status ensure_epoch(Core& core, const CompartmentId& compartment) {
  const access::Membership& membership = core.control.membership;
  const bool may_write = membership.may_write(core.identity.keys.signing.public_key, compartment);
  if (!may_write || !lacks_epoch(core, compartment)) return {};
  return make_epochs(core, without_epoch(core));
}

Status make_epochs(Core& core, const std::vector<CompartmentId>& compartments) {
  std::vector<wire::ControlRecord> records;
  access::append(records, access::make_epochs(core.environment.random, core.control.membership,
                                              compartments, control_heads(core)));
  return write_control(core, records);
}

}  // namespace relais::engine

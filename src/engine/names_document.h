#pragma once

#include <string>

#include "engine/core.h"

namespace relais::engine {

/// Names of people's things live in documents, which only readers can read, never in control:
/// ".devices/<device id in hex>" and ".space/name", each with a field `name`, in the space's
/// default compartment.
/// Fails: invalid_argument for a name that can't be saved.
Status check_name(const std::string& name);
Status save_device_name(Core& core, const std::string& name);
Status save_space_name(Core& core, const std::string& name);

/// Whether changes of a device's to a document count: a device's name is its own matter and
/// owners', the space's is owners'. A change by another is set aside. docs/spec/access.md,
/// "Protected documents".
bool may_change(const access::Membership& membership, const document::Address& document,
                const crypto::SigningPublicKey& author);

/// Empty: not known.
std::string device_name(Core& core, const DeviceId& device);
std::string space_name(Core& core);

}  // namespace relais::engine

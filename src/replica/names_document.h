#pragma once

#include <optional>
#include <string>

#include "replica/core.h"

namespace relais::replica {

/// Names of people's things live in documents, which only readers can read, never in control:
/// ".devices/<device id in hex>" and ".space/name", each with a field `name`, in the space's
/// default compartment.
/// Fails: invalid_argument for a name that can't be saved.
Status check_name(const std::string& name);
Status save_device_name(Core& core, const std::string& name);
/// Writes the name that this device was given when it joined, unless it was written; what may not
/// be written now is tried at the next opening. Fails: only if the replica has stopped.
Status save_given_name(Core& core);
/// Nothing: it is written, or there was none. Fails: store_failed.
Result<std::optional<std::string>> given_name(const store::Reads& store);
Status save_space_name(Core& core, const std::string& name);

/// Empty: not known.
std::string device_name(const ReadSource& from, const DeviceId& device);
std::string space_name(const ReadSource& from);

}  // namespace relais::replica

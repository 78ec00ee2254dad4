#pragma once

#include <optional>
#include <string>

#include "replica/core.h"

/// The names of the space and its devices are in documents, which only readers can read, never in
/// control: ".devices/<device id in hex>" and ".space/name", each with a field `name`, in the
/// space's default compartment.
namespace relais::replica {

/// Fails: invalid_argument for a name that isn't valid.
Status check_name(const std::string& name);
Status save_device_name(Core& core, const std::string& name);
/// Writes the name that this device was given when it joined, unless it is written; if that fails,
/// it is retried at the next opening. Fails: store_failed, disk_full, closed.
Status save_given_name(Core& core);
/// Nothing: the name is written, or there is none. Fails: store_failed, corrupt.
Result<std::optional<std::string>> given_name(const store::Reads& store);
Status save_space_name(Core& core, const std::string& name);

/// Empty if the name isn't known.
std::string device_name(const ReadSource& from, const DeviceId& device);
std::string space_name(const ReadSource& from);

}  // namespace relais::replica

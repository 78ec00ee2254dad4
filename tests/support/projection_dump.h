#pragma once

#include <map>
#include <string>
#include <vector>

#include "replica/core.h"

namespace relais::testing {

/// All that a replica's documents and indexes say of each compartment, a sorted line for each
/// entry, under global names: equal for replicas that number their logs differently, and whatever
/// part of a document is folded. What can't be read is a line that says so.
std::map<CompartmentId, std::vector<std::string>> projection_lines(replica::Core& core);

/// The same in one.
std::string projection_dump(replica::Core& core);

}  // namespace relais::testing

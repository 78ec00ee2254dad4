#pragma once

#include <map>
#include <string>
#include <vector>

#include "replica/core.h"

namespace relais::testing {

/// The documents and index entries of a replica, for each compartment a sorted list of lines, under
/// global names: equal for replicas that number their logs differently or fold other parts of a
/// document. What cannot be read is a line that says so.
std::map<CompartmentId, std::vector<std::string>> projection_lines(replica::Core& core);

/// All of them in one text.
std::string projection_dump(replica::Core& core);

}  // namespace relais::testing

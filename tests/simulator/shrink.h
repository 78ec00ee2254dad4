#pragma once

#include <functional>
#include <string>

#include "simulator/simulation.h"

namespace relais::simulator {

/// The smallest plan found that still violates an invariant: removes faults, days, devices and
/// transactions as long as possible. `say` gets a line for each step.
Plan shrink(Plan plan, const std::function<void(const std::string&)>& say);

}  // namespace relais::simulator

#pragma once

#include <functional>
#include <string>

#include "simulator/simulation.h"

namespace relais::simulator {

/// The smallest plan found that still violates something: fewer faults, days, devices and
/// transactions, for as long as one can be taken away. `say` hears of each step.
Plan shrink(Plan plan, const std::function<void(const std::string&)>& say);

}  // namespace relais::simulator

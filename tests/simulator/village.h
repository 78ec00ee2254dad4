#pragma once

#include <memory>
#include <string>
#include <vector>

#include "simulator/plan.h"
#include "simulator/trace.h"

namespace relais::simulator {

/// What a run came to.
struct Outcome {
  std::vector<std::string> violations;
  Counts counts;
  std::uint64_t trace = 0;
  std::uint64_t events = 0;
  double device_days = 0;
  std::string last_lines;  ///< of the trace, if something was violated
};

/// Runs a village by its plan: days of work, meetings and faults; then all is healed, everyone
/// meets everyone, and all that was promised is checked (oracles.h). One thread, no clock but its
/// own.
Outcome run_village(const Plan& plan, const Trace::Print& print = nullptr);

}  // namespace relais::simulator

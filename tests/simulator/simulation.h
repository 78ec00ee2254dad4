#pragma once

#include <functional>
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

/// Who hears of a run while it goes on; each may be empty.
struct Listeners {
  Trace::Print trace;                              ///< every line of what happens
  std::function<void(const std::string&)> months;  ///< what devices hold: a line of JSON a month
};

/// Runs a simulation by its plan: days of work, meetings and faults; then all is healed, everyone
/// meets everyone, and all that was promised is checked (oracles.h). No clock but its own, and one
/// thread, beside RocksDB's.
Outcome run_simulation(const Plan& plan, const Listeners& listeners = {});

}  // namespace relais::simulator

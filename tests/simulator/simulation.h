#pragma once

#include <functional>
#include <string>
#include <vector>

#include "simulator/plan.h"
#include "simulator/trace.h"

namespace relais::simulator {

/// The result of a run.
struct Outcome {
  std::vector<std::string> violations;
  Counts counts;
  std::uint64_t trace = 0;
  std::uint64_t events = 0;
  double device_days = 0;
  std::string last_lines;  ///< of the trace, if an invariant was violated
};

/// Callbacks during a run; each may be empty.
struct Listeners {
  Trace::Print trace;                              ///< each line of the trace
  std::function<void(const std::string&)> months;  ///< one line of JSON a month about memory
};

/// Runs a simulation by its plan: days of work, syncs and faults; then faults end, all devices sync
/// with each other, and all invariants are checked (oracles.h). Uses only its own clock, and one
/// thread besides those of RocksDB.
Outcome run_simulation(const Plan& plan, const Listeners& listeners = {});

}  // namespace relais::simulator

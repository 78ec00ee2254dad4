#pragma once

#include <string>

#include "simulator/trace.h"

namespace relais::simulator {

/// Totals of all runs, kept in a file so that hours of runs add up.
struct Journal {
  std::uint64_t next_seed = 0;
  std::uint64_t runs = 0;
  double device_days = 0;
  double seconds = 0;      ///< wall-clock
  double cpu_seconds = 0;  ///< of this process
  Counts counts;

  void read(const std::string& path);
  void write(const std::string& path) const;
  /// Prints all of it on standard output.
  void report() const;
};

}  // namespace relais::simulator

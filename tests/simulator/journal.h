#pragma once

#include <string>

#include "simulator/trace.h"

namespace relais::simulator {

/// What all runs came to, kept in a file so that hours of runs add up.
struct Journal {
  std::uint64_t next_seed = 0;
  std::uint64_t runs = 0;
  double device_days = 0;
  double seconds = 0;      ///< passed
  double cpu_seconds = 0;  ///< of this process
  Counts counts;

  void read(const std::string& path);
  void write(const std::string& path) const;
  /// All of it, on the standard output.
  void report() const;
};

}  // namespace relais::simulator

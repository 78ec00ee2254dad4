#pragma once

#include <cstddef>
#include <optional>

namespace relais::simulator {

/// CPU time of this thread, and growth of the heap in bytes, since construction.
class Cost {
 public:
  Cost();
  double cpu_ms() const;
  /// Nothing where that is unknown.
  std::optional<std::size_t> heap() const;
  /// Whether it took more than `ms` and an allowance for each kB; generous, more so under a
  /// sanitizer.
  bool is_slow(double ms, std::size_t bytes) const;

 private:
  double cpu_ms_;
  std::optional<std::size_t> heap_;
};

}  // namespace relais::simulator

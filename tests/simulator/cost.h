#pragma once

#include <cstddef>
#include <optional>

namespace relais::simulator {

/// What a piece of work took, since this was made: this thread's time on the processor, and bytes
/// of the heap that are in use since.
class Cost {
 public:
  Cost();
  double cpu_ms() const;
  /// Nothing, where that can't be known.
  std::optional<std::size_t> heap() const;
  /// Whether it took more than some milliseconds and some more for each kB; generous, and more so
  /// under a sanitizer.
  bool is_slow(double ms, std::size_t bytes) const;

 private:
  double cpu_ms_;
  std::optional<std::size_t> heap_;
};

}  // namespace relais::simulator

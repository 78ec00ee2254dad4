#include "simulator/cost.h"

#include <ctime>

#include "simulator/heap.h"

namespace relais::simulator {
namespace {

constexpr double kMsPerKb = 20;

double thread_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

Cost::Cost() : cpu_ms_(thread_ms()), heap_(heap_in_use()) {}

double Cost::cpu_ms() const { return thread_ms() - cpu_ms_; }

std::optional<std::size_t> Cost::heap() const {
  const auto now = heap_in_use();
  if (!now || !heap_) return std::nullopt;
  return *now > *heap_ ? *now - *heap_ : 0;
}

bool Cost::is_slow(double ms, std::size_t bytes) const {
  const double slower = runs_under_sanitizer() ? 10 : 1;
  return cpu_ms() > slower * (ms + kMsPerKb * static_cast<double>(bytes) / 1000);
}

}  // namespace relais::simulator

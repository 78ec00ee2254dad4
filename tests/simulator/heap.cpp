#include "simulator/heap.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

// Defined by sanitizers with their own heap, else null.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace relais::simulator {

bool runs_under_sanitizer() { return __sanitizer_get_current_allocated_bytes != nullptr; }

std::optional<std::size_t> heap_in_use() {
  if (runs_under_sanitizer()) {
    return __sanitizer_get_current_allocated_bytes();
  }
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  const struct mallinfo2 heap = ::mallinfo2();
  if (heap.uordblks + heap.hblkhd > 0) return heap.uordblks + heap.hblkhd;
#endif
  return std::nullopt;
}

double peak_rss_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

double rss_mb() {
  std::ifstream in("/proc/self/statm");
  double all = 0;
  double node = 0;
  in >> all >> node;
  return node * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

}  // namespace relais::simulator

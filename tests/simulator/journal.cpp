#include "simulator/journal.h"

#include <cstdio>
#include <fstream>

#include "simulator/heap.h"

namespace relais::simulator {

void Journal::read(const std::string& path) {
  std::ifstream in(path);
  in >> next_seed >> runs >> device_days >> seconds >> cpu_seconds;
  std::string what;
  std::uint64_t times = 0;
  while (in >> times && std::getline(in >> std::ws, what)) counts.add(what, times);
}

void Journal::write(const std::string& path) const {
  std::ofstream out(path + ".new");
  out << next_seed << ' ' << runs << ' ' << device_days << ' ' << seconds << ' ' << cpu_seconds
      << '\n';
  for (const auto& [what, times] : counts.all()) out << times << ' ' << what << '\n';
  out.close();
  std::rename((path + ".new").c_str(), path.c_str());
}

void Journal::report() const {
  for (const auto& [what, times] : counts.all()) {
    std::printf("%12llu  %s\n", static_cast<unsigned long long>(times), what.c_str());
  }
  std::printf(
      "%llu runs, %.0f device-days, %llu operations, %.1f s, %.1f s of CPU: "
      "%.1f device-days and %.0f device-hours a second of CPU, peak %.0f MB\n",
      static_cast<unsigned long long>(runs), device_days,
      static_cast<unsigned long long>(counts["operations"]), seconds, cpu_seconds,
      device_days / cpu_seconds, 24 * device_days / cpu_seconds, peak_rss_mb());
}

}  // namespace relais::simulator

#include "simulator/trace.h"

#include <cstdio>

namespace relais::simulator {

void Trace::line(Instant at, const std::string& text) {
  const auto ms = at.time_since_epoch().count();
  char when[48];
  std::snprintf(when, sizeof when, "day %lld %02lld:%02lld:%02lld.%03lld  ",
                static_cast<long long>(ms / 86'400'000),
                static_cast<long long>(ms / 3'600'000 % 24),
                static_cast<long long>(ms / 60'000 % 60), static_cast<long long>(ms / 1000 % 60),
                static_cast<long long>(ms % 1000));
  lines_.push_back(when + text);
  mix(lines_.back());
  if (print_) print_(lines_.back());
  if (lines_.size() > kLines) lines_.pop_front();
}

std::string Trace::last_lines() const {
  std::string all;
  for (const std::string& line : lines_) all += "  " + line + "\n";
  return all;
}

std::uint64_t Counts::operator[](const std::string& what) const {
  const auto found = counts_.find(what);
  return found == counts_.end() ? 0 : found->second;
}

void Counts::add(const Counts& other) {
  for (const auto& [what, times] : other.counts_) counts_[what] += times;
}

}  // namespace relais::simulator

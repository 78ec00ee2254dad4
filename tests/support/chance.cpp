#include "support/chance.h"

namespace relais::testing {
namespace {

/// splitmix64's finaliser (Steele, Lea, Flood, 2014): any seed will do.
std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

}  // namespace

std::uint64_t hash_of(std::string_view bytes, std::uint64_t start) {
  for (const char c : bytes) start = (start ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return start;
}

Chance Chance::split(std::string_view name) const { return Chance(hash_of(name, mixed(state_))); }

std::uint64_t Chance::next() { return mixed(state_ += 0x9e3779b97f4a7c15); }

void Chance::fill(std::uint8_t* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(next() >> 24);
}

}  // namespace relais::testing

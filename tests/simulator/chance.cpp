#include "simulator/chance.h"

#include "simulator/trace.h"

namespace relais::simulator {

std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

Chance Chance::split(std::string_view name) const { return Chance(hash_of(name, mixed(state_))); }

std::uint64_t Chance::next() { return mixed(state_ += 0x9e3779b97f4a7c15); }

void Chance::fill(std::uint8_t* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(next() >> 24);
}

}  // namespace relais::simulator

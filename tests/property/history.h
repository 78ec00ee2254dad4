#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "document/change.h"
#include "document/state/state.h"

namespace relais::document {

struct Written {
  Position position;
  Change change;
};

/// One device of a random history: the changes it has applied, in order, and its state.
struct Device {
  AuthorId author;
  std::uint64_t last_seq = 0;
  std::vector<std::size_t> applied;  ///< numbers of changes, in order of application
  State state;
};

/// Devices that edit one document and exchange changes in any order, twice, or late. The same
/// commands give the same history, so that a counterexample can be shrunk.
struct History {
  std::vector<Device> devices;
  std::vector<Written> changes;

  bool has(const Device& device, std::size_t change) const;
  /// Applies a change if its context is there; returns whether it is applied.
  bool deliver(Device& device, std::size_t change) const;
  /// Delivers everything to all devices, starting at an arbitrary place.
  void settle(std::uint32_t seed);
  /// Builds a state from the changes that some devices have, in another order.
  State replay(const std::vector<const Device*>& of, std::uint32_t seed) const;
};

/// Which edits a history has: all kinds; or only single insertions and some removals in one short
/// text and one short list, so that many fall at one place.
enum class Edits { all, crowded };
History play(const std::vector<std::uint32_t>& commands, Edits edits = Edits::all);

/// A number that depends only on the command.
inline std::uint32_t part(std::uint32_t command, int which, std::uint32_t below) {
  std::uint64_t x = command * 0x9e3779b97f4a7c15ULL +
                    static_cast<std::uint64_t>(which + 1) * 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 31;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 29;
  return static_cast<std::uint32_t>(x % below);
}

}  // namespace relais::document

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

/// One device of a random history: what it has applied, in which order, and its state.
struct Device {
  AuthorId author;
  std::uint64_t last_seq = 0;
  std::vector<std::size_t> applied;  ///< numbers of changes, as they were applied
  State state;
};

/// Devices that edit one document and hand their changes to each other in any order, twice, or
/// late. The same commands give the same history, so that a counterexample shrinks.
struct History {
  std::vector<Device> devices;
  std::vector<Written> changes;

  bool has(const Device& device, std::size_t change) const;
  /// Applies a change if its context is there; gives whether it is applied now.
  bool deliver(Device& device, std::size_t change) const;
  /// Everything to everyone, starting at an arbitrary place.
  void settle(std::uint32_t seed);
  /// A state from the changes that some devices have, in an order of its own.
  State replay(const std::vector<const Device*>& of, std::uint32_t seed) const;
};

/// What the edits of a history are: of every kind; or only single insertions, and now and then a
/// removal, in one short text and one short list, so that many stand at one place.
enum class Edits { all, crowded };
History play(const std::vector<std::uint32_t>& commands, Edits edits = Edits::all);

/// A number from a command, that depends on nothing else.
inline std::uint32_t part(std::uint32_t command, int which, std::uint32_t below) {
  std::uint64_t x = command * 0x9e3779b97f4a7c15ULL +
                    static_cast<std::uint64_t>(which + 1) * 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 31;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 29;
  return static_cast<std::uint32_t>(x % below);
}

}  // namespace relais::document

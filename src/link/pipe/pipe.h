#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "link/link.h"

/// A link in memory, moved by hand: for tests that choose where bytes split, wait and are cut.
/// Same options and same calls, same events in the same order. Threads: one.
namespace relais::link {

struct PipeOptions {
  /// Bytes arrive in chunks of at most so many; 1 gives byte after byte.
  std::size_t largest_chunk = 64 * 1024;
  /// With a seed, chunks have random sizes from 1 to `largest_chunk`.
  std::optional<std::uint64_t> seed = std::nullopt;
  /// A chunk arrives so many steps after it was sent, at the earliest.
  std::size_t delay = 0;
  /// In flight at most, each way: what lies beyond is not yet `on_written`.
  std::size_t window = 256 * 1024;
};

/// Moves what the two links were given. Nothing happens but in `step`.
class Pump {
 public:
  virtual ~Pump() = default;  ///< its links stay, and nothing moves any more
  /// One event at one link (bytes sent, bytes arrived, end arrived) or one step of waiting.
  /// False if there was nothing to do.
  virtual bool step() = 0;
  /// Breaks the connection: what is in flight is lost, and each link is told of a fault.
  virtual void cut() = 0;
  /// Cuts when so many bytes in all, both ways together, have arrived; inside a chunk if need be.
  virtual void cut_after(std::uint64_t bytes) = 0;
  /// Bytes that have arrived so far, both ways together.
  virtual std::uint64_t arrived() const = 0;

  /// Steps until there is nothing to do, or `limit` steps. True if there is nothing left to do.
  bool run(std::size_t limit = 10'000'000) {
    while (limit-- > 0) {
      if (!step()) return true;
    }
    return false;
  }
};

struct Pipe {
  std::unique_ptr<Link> left;
  std::unique_ptr<Link> right;
  std::unique_ptr<Pump> pump;
};

Pipe make_pipe(PipeOptions options = {});

}  // namespace relais::link

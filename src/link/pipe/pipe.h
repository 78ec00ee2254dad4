#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "link/link.h"

/// A link in memory, advanced by its caller: for tests that choose where bytes split, wait and are
/// cut. Deterministic: the same options and calls give the same events in the same order. Threads:
/// one.
namespace relais::link {

struct PipeOptions {
  /// Bytes arrive in chunks of at most this size; 1 gives one byte at a time.
  std::size_t largest_chunk = 64 * 1024;
  /// With a seed, chunks have random sizes from 1 to `largest_chunk`.
  std::optional<std::uint64_t> seed = std::nullopt;
  /// A chunk arrives at least this many steps after it was sent.
  std::size_t delay = 0;
  /// Bytes in flight at most, each way: further ones are not yet `on_written`.
  std::size_t window = 256 * 1024;
};

/// Moves the bytes between the two links. Nothing happens except in `step`.
class Pump {
 public:
  virtual ~Pump() = default;  ///< its links stay, but nothing moves any more
  /// Runs one event at one link (bytes sent, bytes arrived, end arrived) or one step of waiting.
  /// False if there was nothing to do.
  virtual bool step() = 0;
  /// Breaks the connection: bytes in flight are lost, and each link gets an error.
  virtual void cut() = 0;
  /// Cuts once this many bytes have arrived, both ways together; inside a chunk if need be.
  virtual void cut_after(std::uint64_t bytes) = 0;
  /// Bytes that have arrived so far, both ways together.
  virtual std::uint64_t arrived() const = 0;

  /// Steps until there is nothing to do, or `limit` steps. True if nothing is left to do.
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

#pragma once

#include <memory>
#include <optional>

#include "link/link.h"
#include "simulator/events.h"
#include "simulator/trace.h"
#include "support/chance.h"

namespace relais::simulator {

/// The conditions of a link between two devices, and its faults. Offsets count bytes of both
/// directions together, as they arrive.
struct LinkConditions {
  Duration latency{5};
  Duration jitter{0};  ///< added at random to each chunk
  std::uint64_t bytes_per_second = 500'000;
  std::size_t largest_chunk = 4096;
  std::optional<std::uint64_t> cut_at;        ///< both ends are notified
  std::optional<std::uint64_t> half_open_at;  ///< nothing more arrives, and no end is notified
  std::optional<std::uint64_t> corrupt_at;    ///< the chunk with this byte has a wrong one
  std::optional<std::uint64_t> repeat_at;     ///< the chunk with this byte arrives twice
  std::optional<std::uint64_t> swap_at;  ///< the chunk with this byte swaps places with the next
};

struct WireEnds {
  std::unique_ptr<link::Link> caller;
  std::unique_ptr<link::Link> called;
};

/// A connection between two devices, which can go away.
class Wire {
 public:
  virtual ~Wire() = default;
  enum class End { caller, called };
  /// The device at that end is gone: bytes still queued there are lost. With `silently` the other
  /// end is not notified.
  virtual void lose(End end, bool silently) = 0;
  virtual bool over() const = 0;
};

/// `watch` sees all bytes that arrive.
using Watch = std::function<void(BytesView)>;
std::shared_ptr<Wire> make_wire(Events& events, testing::Chance chance,
                                const LinkConditions& conditions, Counts& counts, Watch watch,
                                WireEnds& ends);

}  // namespace relais::simulator

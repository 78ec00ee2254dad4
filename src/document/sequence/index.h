#pragma once

#include <cstdint>
#include <vector>

#include "document/sequence/span.h"

namespace relais::document {

/// Maps units to spans: the first units of all spans, sorted, in chunks, so that an insertion moves
/// few. Appending fills chunks completely.
class UnitIndex {
 public:
  /// Indexes all spans.
  explicit UnitIndex(const Spans& spans);

  void add(const LocalDot& first, std::int32_t span);
  /// Changes a span's first unit, which must not pass another span's first unit.
  void rename(const LocalDot& from, const LocalDot& to);
  /// The span with the largest first unit ≤ `unit`; kNoSpan if there is none.
  std::int32_t last_until(const LocalDot& unit) const;
  /// The span with the smallest first unit > `unit`; kNoSpan if there is none.
  std::int32_t first_after(const LocalDot& unit) const;

 private:
  static constexpr std::uint32_t kKeys = 64;

  struct Chunk {
    std::uint32_t count = 0;
    std::uint64_t key[kKeys];
    std::int32_t span[kKeys];
  };
  struct Slot {
    std::size_t chunk;
    std::uint32_t slot;
  };

  Chunk& chunk(std::size_t at) { return chunks_[order_[at]]; }
  const Chunk& chunk(std::size_t at) const { return chunks_[order_[at]]; }
  /// The slot after the last key ≤ `key`.
  Slot place_behind(std::uint64_t key) const;
  void split(std::size_t at, std::uint32_t keep);

  std::vector<Chunk> chunks_;
  std::vector<std::uint32_t> order_;   ///< the chunks, sorted
  std::vector<std::uint64_t> firsts_;  ///< their first keys
};

}  // namespace relais::document

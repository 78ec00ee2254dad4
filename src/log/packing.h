#pragma once

#include <memory>

#include "base/bytes.h"
#include "relais/result.h"

namespace relais::log {

/// The dictionary of new runs. A dictionary's number is never reused.
inline constexpr std::uint8_t kCurrentDictionary = 1;

/// What makes two devices pack a change into the same bytes: the version number of zstd (24 bits)
/// and its level (8 bits). Not 0.
std::uint32_t current_packer();

/// The plaintext of a sealed block: a packing byte, then the change (docs/spec/log.md, "Block"):
///
///   0 raw       the change, uncompressed
///   1 block     a zstd frame's only block, compressed, without the frame's 9 bytes around it
///   2 frame     a zstd frame without its magic number (4 bytes)
///
/// Threads: one at a time.
class Packer {
 public:
  Packer();
  ~Packer();

  /// Valid until the next call. `change`: at most limits::kChangeBytes. The result is at most one
  /// byte longer.
  BytesView pack(BytesView change, std::uint8_t dictionary);
  /// The same with kCurrentDictionary, for several changes at once: smaller, and slower.
  BytesView pack_together(BytesView changes);
  /// Replaces `out`. Fails: corrupt; limit_exceeded past limits::kChangeBytes, and past
  /// limits::kInflation times the packed bytes, which `pack` stores raw;
  /// unsupported_version for an unknown packing byte or dictionary.
  Status unpack(Bytes& out, BytesView packed, std::uint8_t dictionary);

 private:
  struct Zstd;
  std::unique_ptr<Zstd> zstd_;
};

}  // namespace relais::log

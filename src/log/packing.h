#pragma once

#include <memory>

#include "base/bytes.h"
#include "relais/result.h"

namespace relais::log {

/// The inside of a sealed block: a byte that says how, then the change (docs/spec/log.md, "Block"):
///
///   0 raw       the change as it is
///   1 block     the one compressed block of a zstd frame, without the frame's 9 bytes around it
///   2 frame     a zstd frame without its 4 bytes of magic number
///
/// Threads: one at a time.
class Packer {
 public:
  Packer();
  ~Packer();

  /// Valid until the next call. `change`: at most limits::kChangeBytes. At most one byte longer.
  BytesView pack(BytesView change, std::uint8_t dictionary);
  /// Replaces `out`. Fails: corrupt; limit_exceeded past limits::kChangeBytes, and past
  /// limits::kInflation times the packed bytes, which `pack` leaves as they are;
  /// unsupported_version for a way or a dictionary this version doesn't have.
  Status unpack(Bytes& out, BytesView packed, std::uint8_t dictionary);

 private:
  struct Zstd;
  std::unique_ptr<Zstd> zstd_;
};

}  // namespace relais::log

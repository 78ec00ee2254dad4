#pragma once

#include "base/random.h"

namespace relais::crypto {

/// The operating system's generator, through libsodium. Requires `initialise()`.
/// Threads: any.
class SystemRandom final : public Random {
 public:
  void fill(std::uint8_t* out, std::size_t size) override;
};

}  // namespace relais::crypto

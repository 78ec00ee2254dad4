#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace relais {

/// A source of cryptographically secure random bytes; the simulator passes a seeded one.
/// Threads: any.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::uint8_t* out, std::size_t size) = 0;

  Bytes bytes(std::size_t size) {
    Bytes out(size, '\0');
    fill(u8(out), size);
    return out;
  }
  template <class T>
  T draw() {
    T value;
    fill(value.data(), value.size());
    return value;
  }
};

}  // namespace relais

#pragma once

#include <cstdint>

#include "base/bytes.h"

/// Values that are told apart at sight, for tests of encodings.
namespace relais::wire {

/// An id, key or hash whose bytes count up from `first`.
template <class Id>
Id counting_from(std::uint8_t first) {
  Id id;
  for (std::size_t i = 0; i < Id::kSize; ++i) {
    id.data()[i] = static_cast<std::uint8_t>(first + i);
  }
  return id;
}

/// Every proper prefix of `bytes`, and `bytes` with each byte changed, given to `look`.
template <class Look>
void each_damaged(const Bytes& bytes, Look&& look) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    look(bytes.substr(0, i));
    for (const int flip : {0x01, 0x80, 0xff}) {
      Bytes changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      look(changed);
    }
  }
}

}  // namespace relais::wire

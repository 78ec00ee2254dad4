#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace relais::fuzz {

/// Reads the input of a fuzz target front to back. Any bytes are a valid input: at the end it
/// returns zeros and empty strings. `Composer` writes what this reads. Owns: nothing; the input
/// must outlive it and the views it returns.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  /// 0 to `end` - 1, from one byte; `end` is at most 256.
  std::size_t below(std::size_t end) { return byte() % end; }
  bool chance() { return (byte() & 1) != 0; }
  std::uint16_t u16() {
    const unsigned high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }
  std::uint64_t u64() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | byte();
    return value;
  }
  /// A length in two bytes, then that many bytes, or as many as are left.
  BytesView sized() {
    const std::size_t size = u16();
    return take(std::min(size, rest_.size()));
  }
  BytesView rest() { return take(rest_.size()); }

 private:
  BytesView take(std::size_t size) {
    const BytesView taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  BytesView rest_;
};

/// Writes inputs, for seeds.
class Composer {
 public:
  Composer& byte(std::size_t value) {
    bytes_.push_back(static_cast<char>(value));
    return *this;
  }
  Composer& u16(std::size_t value) { return byte(value >> 8 & 0xff).byte(value & 0xff); }
  Composer& u64(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) byte(value >> shift & 0xff);
    return *this;
  }
  Composer& sized(BytesView bytes) { return u16(bytes.size()).rest(bytes); }
  Composer& rest(BytesView bytes) {
    bytes_.append(bytes);
    return *this;
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace relais::fuzz

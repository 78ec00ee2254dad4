#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace relais {

/// Variable-length integers (LEB128, shortest form only) and fixed big-endian ones, as every
/// compact format of Relais uses them. See docs/spec/README.md, "Integers".

void put_long_varint(Bytes& out, std::uint64_t value);
inline void put_varint(Bytes& out, std::uint64_t value) {
  if (value < 0x80) {
    out.push_back(static_cast<char>(value));
  } else {
    put_long_varint(out, value);
  }
}
/// Zigzag, so that small magnitudes of either sign are short.
void put_signed(Bytes& out, std::int64_t value);
void put_u32(Bytes& out, std::uint32_t value);
void put_u64(Bytes& out, std::uint64_t value);
/// A varint length, then the bytes.
void put_sized(Bytes& out, BytesView bytes);

/// Reads from the front of a byte string. Faults are sticky: after the first one, reads return
/// zeros and `ok()` is false, so a parser checks once, before it uses what it read.
/// Owns: nothing; the bytes must outlive the reader and the views it returns.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}

  std::uint8_t byte() {
    if (!ok_ || rest_.empty()) {
      ok_ = false;
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::uint64_t varint() {
    // Most are one byte long.
    if (ok_ && !rest_.empty() && static_cast<std::uint8_t>(rest_.front()) < 0x80) return byte();
    return long_varint();
  }
  std::int64_t zigzag() {
    const std::uint64_t bits = varint();
    return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
  }
  std::uint32_t u32();
  std::uint64_t u64();
  BytesView take(std::size_t size) {
    if (!ok_ || rest_.size() < size) {
      ok_ = false;
      return {};
    }
    const BytesView taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  /// A varint length of at most `limit`, then that many bytes.
  BytesView sized(std::size_t limit) {
    const std::uint64_t size = varint();
    if (size > limit) ok_ = false;
    return ok_ ? take(static_cast<std::size_t>(size)) : BytesView{};
  }
  template <class Id>
  Id id() {
    return Id::from(take(Id::kSize)).value_or(Id{});
  }

  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  /// No fault, and no bytes left.
  bool finished() const { return ok_ && rest_.empty(); }
  BytesView rest() const { return rest_; }

 private:
  std::uint64_t long_varint();

  BytesView rest_;
  bool ok_ = true;
};

}  // namespace relais

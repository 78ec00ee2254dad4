#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relais {

/// Owned and borrowed byte strings. RocksDB and Protocol Buffers use `std::string` too, which saves
/// copies; comparison is unsigned, as in the store.
using Bytes = std::string;
using BytesView = std::string_view;

std::string to_hex(BytesView bytes);
/// Nothing if `hex` is not an even number of hexadecimal digits.
std::optional<Bytes> from_hex(std::string_view hex);

inline const std::uint8_t* u8(BytesView bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}
inline std::uint8_t* u8(Bytes& bytes) { return reinterpret_cast<std::uint8_t*>(bytes.data()); }

}  // namespace relais

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relais {

/// Owned and borrowed byte strings. `std::string`, because that is what RocksDB and Protocol
/// Buffers take and give: no copy at either border, and comparison is unsigned, like a store's.
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

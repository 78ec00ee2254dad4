#pragma once

#include <cstdint>
#include <string_view>

#include "document/types.h"

namespace relais::document {

/// That somewhere in a document something of a kind is written. Of the path no more is kept than a
/// hash of its names, in which all elements of a list are one: so documents of one shape have the
/// same ones. Two paths may have one hash.
struct KindAt {
  std::uint32_t path = 0;
  FieldKind kind = FieldKind::value;
};

/// FNV-1a, 32 bits: draft-eastlake-fnv. Of no path, and of one longer by a step.
inline constexpr std::uint32_t kNoPath = 0x811c9dc5;
inline std::uint32_t hash_byte(std::uint32_t hash, std::uint8_t byte) {
  return (hash ^ byte) * 0x01000193;
}
inline std::uint32_t hash_element(std::uint32_t path) { return hash_byte(path, 0xfe); }
inline std::uint32_t hash_name(std::uint32_t path, std::string_view name) {
  for (const char c : name) path = hash_byte(path, static_cast<std::uint8_t>(c));
  return hash_byte(path, 0xff);  // neither of these is in UTF-8
}

}  // namespace relais::document

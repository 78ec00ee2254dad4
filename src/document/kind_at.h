#pragma once

#include <cstdint>
#include <string_view>

#include "document/types.h"

namespace relais::document {

/// A kind written at a path of a document. The path is a hash of its names, with all elements of a
/// list alike, so that documents of one shape have the same hashes. Two paths may collide.
struct KindAt {
  std::uint32_t path = 0;
  FieldKind kind = FieldKind::value;
};

/// FNV-1a, 32 bits (draft-eastlake-fnv): of the empty path, and of a path extended by a step.
inline constexpr std::uint32_t kNoPath = 0x811c9dc5;
inline std::uint32_t hash_byte(std::uint32_t hash, std::uint8_t byte) {
  return (hash ^ byte) * 0x01000193;
}
inline std::uint32_t hash_element(std::uint32_t path) { return hash_byte(path, 0xfe); }
inline std::uint32_t hash_name(std::uint32_t path, std::string_view name) {
  for (const char c : name) path = hash_byte(path, static_cast<std::uint8_t>(c));
  return hash_byte(path, 0xff);  // neither 0xfe nor 0xff occurs in UTF-8
}

}  // namespace relais::document

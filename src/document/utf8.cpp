#include "document/utf8.h"

#include <simdjson.h>

#include <cstdint>
#include <cstring>

namespace relais::document {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;

bool is_ascii(std::string_view text) {
  std::uint64_t all = 0;
  for (; text.size() >= sizeof all; text.remove_prefix(sizeof all)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    all |= word;
  }
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return (all & kHighBits) == 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  // Short text is mostly ASCII: this saves simdjson's dispatch.
  constexpr std::size_t kShort = 32;
  if (text.size() <= kShort && is_ascii(text)) return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace relais::document

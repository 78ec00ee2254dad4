#pragma once

#include <cstddef>
#include <string_view>

namespace relais::document {

/// Well-formed to its end (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

inline bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }
/// An ASCII control character: no address or label holds one, of any device. base/text.h decides
/// what is shown.
inline bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// The text must be well-formed.
inline std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += !continues(c);
  return count;
}

/// The bytes before the `count`-th code point of well-formed text; all, if there are fewer.
inline std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!continues(text[at]) && count-- == 0) break;
  }
  return at;
}

/// The bytes of the whole code points among the first `most` bytes of well-formed text.
inline std::size_t whole_code_points(std::string_view text, std::size_t most) {
  std::size_t size = text.size() < most ? text.size() : most;
  while (size < text.size() && continues(text[size])) --size;
  return size;
}

}  // namespace relais::document

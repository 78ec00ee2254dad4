#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

namespace relais {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode 15: the general categories Cc, Zl, Zp and Cf, except the eleven visible ones of Cf
// (signs before a number, such as U+0600); and all code points with the property
// Default_Ignorable_Code_Point.
constexpr Range kUnsafe[] = {
    {0x0000, 0x001f},    // C0
    {0x007f, 0x009f},    // delete, C1
    {0x00ad, 0x00ad},    // soft hyphen
    {0x034f, 0x034f},    // combining grapheme joiner
    {0x061c, 0x061c},    // Arabic letter mark
    {0x115f, 0x1160},    // Hangul fillers
    {0x17b4, 0x17b5},    // Khmer inherent vowels
    {0x180b, 0x180f},    // Mongolian variation selectors, vowel separator
    {0x200b, 0x200f},    // zero-width space, joiners, direction marks
    {0x2028, 0x202e},    // separators of lines and paragraphs, embeddings and overrides
    {0x2060, 0x206f},    // word joiner, invisible operators, isolates
    {0x3164, 0x3164},    // Hangul filler
    {0xfe00, 0xfe0f},    // variation selectors
    {0xfeff, 0xfeff},    // byte-order mark
    {0xffa0, 0xffa0},    // Hangul filler
    {0xfff0, 0xfffb},    // interlinear annotation
    {0x13430, 0x1343f},  // Egyptian format controls
    {0x1bca0, 0x1bca3},  // shorthand format controls
    {0x1d173, 0x1d17a},  // musical format controls
    {0xe0000, 0xe0fff},  // tags, variation selectors
};

constexpr std::string_view kLower = "0123456789abcdef";
constexpr std::string_view kUpper = "0123456789ABCDEF";

void append_hex(std::string& out, std::uint32_t value, int digits,
                std::string_view names = kLower) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += names[value >> shift & 0x0f];
}

struct Decoded {
  char32_t code_point;
  std::size_t bytes;
};

/// Decodes the first code point; nothing if it isn't well-formed UTF-8 (RFC 3629).
std::optional<Decoded> decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return Decoded{lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return std::nullopt;
  char32_t point = lead & (0x7f >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    point = point << 6 | (byte(i) & 0x3f);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kLeast[bytes] || point > 0x10ffff || surrogate) return std::nullopt;
  return Decoded{point, bytes};
}

void append_escaped(std::string& out, char32_t code_point) {
  if (code_point > 0xffff) {  // a surrogate pair, as in JSON
    append_escaped(out, 0xd7c0 + (code_point >> 10));
    code_point = 0xdc00 + (code_point & 0x3ff);
  }
  append_hex(out += "\\u", code_point, 4);
}

/// How many bytes from `at` on need no escape.
std::size_t safe_bytes(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size()) {
    const auto decoded = decode(text.substr(end));
    if (!decoded || is_unsafe(decoded->code_point)) break;
    end += decoded->bytes;
  }
  return end - at;
}

}  // namespace

bool is_unsafe(char32_t code_point) {
  if (code_point >= 0x20 && code_point < 0x7f) return false;
  const Range* range =
      std::lower_bound(std::begin(kUnsafe), std::end(kUnsafe), code_point,
                       [](const Range& before, char32_t point) { return before.last < point; });
  return range != std::end(kUnsafe) && range->first <= code_point;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t safe = safe_bytes(text, at);
    out += text.substr(at, safe);
    at += safe;
    if (at == text.size()) break;
    if (const auto decoded = decode(text.substr(at))) {
      append_escaped(out, decoded->code_point);
      at += decoded->bytes;
    } else {
      append_hex(out += "\\x", static_cast<unsigned char>(text[at++]), 2);
    }
  }
  return out;
}

bool is_printable(std::string_view text) noexcept { return safe_bytes(text, 0) == text.size(); }

Status check_printable(std::string_view text, std::string_view what) {
  const std::size_t safe = safe_bytes(text, 0);
  if (safe == text.size()) return {};
  const auto decoded = decode(text.substr(safe));
  std::string character;
  if (decoded) {
    append_hex(character += "U+", decoded->code_point, decoded->code_point > 0xffff ? 5 : 4,
               kUpper);
  }
  return Error(ErrorCode::invalid_argument,
               std::string(what) + " contains " +
                   (decoded ? "an invisible character (" + character + ")"
                            : std::string("a byte that is not UTF-8")) +
                   ": remove it.");
}

}  // namespace relais

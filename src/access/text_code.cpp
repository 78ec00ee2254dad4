#include "access/text_code.h"

namespace relais::access {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr int kBitsPerDigit = 5;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int value_of(char c) {
  for (std::size_t value = 0; value < kDigits.size(); ++value) {
    if (lower(kDigits[value]) == c) return static_cast<int>(value);
  }
  return -1;
}

bool is_space_or_dash(char c) {
  return c == ' ' || c == '-' || c == '_' || (c >= '\t' && c <= '\r');
}

/// Length of a no-break space (U+00A0) or a typographic dash (U+2010 to U+2015) in UTF-8, else 0.
std::size_t wide_space_or_dash(std::string_view text) {
  if (text.substr(0, 2) == "\xC2\xA0") return 2;
  if (text.size() < 3 || text.substr(0, 2) != "\xE2\x80") return 0;
  return text[2] >= '\x90' && text[2] <= '\x95' ? 3 : 0;
}

char without_confusion(char c) {
  switch (c) {
    case 'o': return '0';
    case 'i':
    case 'l': return '1';
    default: return c;
  }
}

}  // namespace

std::string to_text_code(BytesView bytes, std::size_t group) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t digits = 0;
  const auto put = [&](std::uint32_t value) {
    if (digits > 0 && digits % group == 0) text.push_back('-');
    text.push_back(kDigits[value & 31]);
    ++digits;
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bits = (bits << 8 | u8(bytes)[i]) & 0xFFF;  // at most 4 bits kept and 8 new
    for (held += 8; held >= kBitsPerDigit; held -= kBitsPerDigit) {
      put(bits >> (held - kBitsPerDigit));
    }
  }
  if (held > 0) put(bits << (kBitsPerDigit - held));
  return text;
}

std::string normalise_text_code(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t wide = wide_space_or_dash(text);
    if (wide == 0 && !is_space_or_dash(text[0])) out.push_back(without_confusion(lower(text[0])));
    text.remove_prefix(wide > 0 ? wide : 1);
  }
  return out;
}

std::optional<Bytes> from_text_code(std::string_view normalised) {
  Bytes out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char digit : normalised) {
    const int value = value_of(digit);
    if (value < 0) return std::nullopt;
    bits = (bits << kBitsPerDigit | static_cast<std::uint32_t>(value)) & 0xFFF;
    held += kBitsPerDigit;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>(bits >> held & 0xFF));
    }
  }
  const bool unused_bits_clear = (bits & ((1U << held) - 1)) == 0;
  if (held >= kBitsPerDigit || !unused_bits_clear) return std::nullopt;
  return out;
}

}  // namespace relais::access

#include "display_width.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "display_width_table.h"
#include "relais/text.h"

namespace cli {
namespace {

template <std::size_t N>
bool is_in(const CharacterRange (&ranges)[N], std::uint32_t character) {
  const auto* const after = std::upper_bound(
      std::begin(ranges), std::end(ranges), character,
      [](std::uint32_t wanted, const CharacterRange& range) { return wanted < range.first; });
  return after != std::begin(ranges) && character <= std::prev(after)->last;
}

/// Takes a character from the front; a byte that begins none is taken for one.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  std::uint32_t character = more == 0 ? lead : lead & (0x3fU >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    const auto next = i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    if ((next & 0xc0U) != 0x80U) {
      text.remove_prefix(1);
      return lead;
    }
    character = character << 6 | (next & 0x3fU);
  }
  text.remove_prefix(more + 1);
  return character;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::uint32_t character = take_character(text);
    width += is_in(kNoColumn, character) ? 0 : is_in(kTwoColumns, character) ? 2 : 1;
  }
  return width;
}

std::string padded_to(std::string_view text, std::size_t width) {
  std::string padded(text);
  const std::size_t taken = display_width(relais::printable(text));
  return padded.append(taken < width ? width - taken : 0, ' ');
}

}  // namespace cli

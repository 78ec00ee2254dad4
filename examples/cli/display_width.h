#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// How many columns of a terminal a text takes, whatever the locale.
namespace cli {

/// Of UTF-8 without controls: none for marks that stand on another character, two for wide ones. A
/// byte that is no UTF-8 counts as one.
std::size_t display_width(std::string_view text);

/// With spaces at its end up to that width, counted as it will be shown (relais::printable).
std::string padded_to(std::string_view text, std::size_t width);

}  // namespace cli

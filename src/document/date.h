#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace relais::document {

inline constexpr std::size_t kDateBytes = 10;

/// "YYYY-MM-DD", a valid Gregorian date from 1900-01-01 to 2079-06-06, as days since 1900-01-01.
bool parse_date(std::string_view text, std::uint16_t& days);
void put_date(Bytes& out, std::uint16_t days);

}  // namespace relais::document

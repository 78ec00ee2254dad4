#pragma once

#include <string_view>

#include "relais/text.h"

namespace relais {

/// True for a code point that `printable` escapes: see relais/text.h.
bool is_unsafe(char32_t code_point);

}  // namespace relais

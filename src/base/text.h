#pragma once

#include <string_view>

#include "relais/result.h"
#include "relais/text.h"

namespace relais {

/// True for a code point that `printable` escapes: see relais/text.h.
bool is_unsafe(char32_t code_point);

/// Checks a name or an id that a local user chooses; those of other devices are escaped when shown.
/// `what` is the subject of the error's sentence: "A document's id". Fails: invalid_argument, with
/// the first bad character's code point.
Status check_printable(std::string_view text, std::string_view what);

}  // namespace relais

#pragma once

#include <string_view>

#include "relais/result.h"
#include "relais/text.h"

namespace relais {

/// A code point that isn't to be shown as it is: see relais/text.h.
bool is_unsafe(char32_t code_point);

/// For a name or an id that somebody gives: what is taken in from others is escaped when it is
/// shown, but what is made here is to be read as it is. `what` begins the sentence: "A document's
/// id". Fails: invalid_argument, naming the first such character by its number.
Status check_printable(std::string_view text, std::string_view what);

}  // namespace relais

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "document/types.h"

namespace relais::document {

/// A list element's id, or a text's character, as paths and cursors have it: '@' and the dot.
std::string element_text(const Dot& dot);
std::optional<Dot> parse_element(std::string_view text);

}  // namespace relais::document

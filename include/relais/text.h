#pragma once

#include <string>
#include <string_view>

#include "relais/export.h"

/// Text that others wrote, on its way to a terminal, a log or a screen.
namespace relais {

/// The text with every character that nobody sees, or that a terminal obeys, written as JSON
/// escapes it ("\u202e"): controls, marks that turn the direction of writing, what has no width,
/// separators of lines and paragraphs. A byte that is no UTF-8 becomes "\x9b". Letters of all
/// scripts, combining marks and spaces stay; so does a backslash. Of JSON on one line the result
/// is JSON, and means the same. docs/spec/document.md, "Text that is shown".
RELAIS_API std::string printable(std::string_view text);

/// Whether `printable` leaves it as it is.
RELAIS_API bool is_printable(std::string_view text) noexcept;

}  // namespace relais

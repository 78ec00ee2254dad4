#pragma once

#include <string>
#include <string_view>

#include "relais/export.h"
#include "relais/result.h"

/// Escaping of untrusted text for a terminal, a log or a screen.
namespace relais {

/// The text with invisible characters and controls as JSON escapes ("\u202e"): control characters,
/// marks of writing direction, characters without width, line and paragraph separators. A byte that
/// isn't UTF-8 becomes "\x9b". Letters of all scripts, combining marks, spaces and backslashes
/// stay. One line of JSON stays equivalent JSON. docs/spec/document.md, "Text that is shown".
RELAIS_API std::string printable(std::string_view text);

/// Whether `printable` returns the text unchanged.
RELAIS_API bool is_printable(std::string_view text) noexcept;

/// Checks a name or an id that a local user chooses; those of other devices are escaped when shown.
/// `what` is the subject of the error's sentence: "A document's id". Fails: invalid_argument, with
/// the first bad character's code point.
RELAIS_API Status check_printable(std::string_view text, std::string_view what);

}  // namespace relais

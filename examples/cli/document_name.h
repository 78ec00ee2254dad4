#pragma once

#include <string>
#include <string_view>

#include "relais/document.h"
#include "relais/result.h"

namespace cli {

/// Reads `COLLECTION/ID` or `SCOPE/COLLECTION/ID`, with `~1` for '/' and `~0` for '~' in a part.
/// Fails: invalid_argument.
relais::Result<relais::DocumentId> parse_document_name(std::string_view text);

/// As `parse_document_name` reads it.
std::string to_text(const relais::DocumentId& document);

}  // namespace cli

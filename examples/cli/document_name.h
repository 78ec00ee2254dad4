#pragma once

#include <string>
#include <string_view>

#include "relais/document.h"
#include "relais/result.h"

namespace cli {

/// Reads `COLLECTION/ID` or `SCOPE/COLLECTION/ID`; no part of a document's name has a '/' in it.
/// Fails: invalid_argument.
relais::Result<relais::DocumentId> parse_document_name(std::string_view text);

/// As `parse_document_name` reads it.
std::string to_text(const relais::DocumentId& document);

}  // namespace cli

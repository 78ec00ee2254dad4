#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "outcome.h"
#include "relais/replica.h"

namespace cli {

/// Reads `COLLECTION/ID` or `SCOPE/COLLECTION/ID`; no part of a document's name has a '/' in it.
/// Fails: invalid_argument.
relais::Result<relais::DocumentId> parse_document_name(std::string_view text);

/// Reads `COLLECTION` or `SCOPE/COLLECTION`; the id stays empty. Fails: invalid_argument.
relais::Result<relais::DocumentId> parse_collection_name(std::string_view text);

/// As `parse_document_name` reads it.
std::string to_text(const relais::DocumentId& document);

/// Names each of the documents that couldn't be read, on standard error; no fault if there is none.
Outcome fault_of(const std::vector<relais::Unreadable>& unreadable);

}  // namespace cli

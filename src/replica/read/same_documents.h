#pragma once

#include "replica/read/read_view.h"

namespace relais::replica {

/// The field with a document's links: a set of documents' names.
inline constexpr std::string_view kSameAs = "same_as";

/// A document's name in a link: "scope/collection/id".
std::string link_text(const DocumentId& document);
std::optional<DocumentId> parse_link(std::string_view text);

/// As Replica::merged: docs/spec/document.md, "Links". Fails: not_found; limit_exceeded beyond
/// limits::kLinkedDocuments.
Result<MergedView> merged(const ReadSource& from, const DocumentId& document);

}  // namespace relais::replica

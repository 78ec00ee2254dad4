#pragma once

#include "base/limits.h"

namespace relais::limits {

/// One author's changes of one document, by an import: 7/8 of what a document takes of an author.
inline constexpr std::size_t kImportedDocumentBytes = 28 * 1024 * 1024;
/// JSON takes up to six bytes for one of a document.
inline constexpr std::size_t kDocumentJsonBytes = 6 * kImportedDocumentBytes;
inline constexpr std::size_t kImportBatchBytes = 8 * 1024 * 1024;  ///< then no more are added

}  // namespace relais::limits

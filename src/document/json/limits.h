#pragma once

#include "base/limits.h"

namespace relais::limits {

/// An author's changes of one document in an import: 7/8 of kAuthorInDocumentBytes.
inline constexpr std::size_t kImportedDocumentBytes = 28 * 1024 * 1024;
/// JSON takes up to six bytes per byte of a document.
inline constexpr std::size_t kDocumentJsonBytes = 6 * kImportedDocumentBytes;
inline constexpr std::size_t kImportBatchBytes = 8 * 1024 * 1024;  ///< then the batch is written

}  // namespace relais::limits

#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace relais::tools {

/// A zstd dictionary: the lexicon, then what ZDICT finds in `changes`, with entropy tables from
/// `unseen`. Empty, with a word on stderr, if ZDICT refuses.
Bytes train(const Bytes& lexicon, const std::vector<Bytes>& changes,
            const std::vector<Bytes>& unseen);

/// Prints what blocks of these changes take under the library's own dictionary, and the time.
bool measure(const std::vector<Bytes>& changes);

}  // namespace relais::tools

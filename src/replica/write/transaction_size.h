#pragma once

#include <cstddef>

#include "base/limits.h"
#include "log/block.h"

namespace relais::replica {

/// Changes of one log, put into as few transactions as hold them: each block is reckoned at its
/// largest, as log::Writer does.
class TransactionSize {
 public:
  /// False: the change doesn't fit behind those before it, and begins another transaction.
  bool add(std::size_t change_bytes) {
    const std::size_t block = change_bytes + log::kBlockOverhead;
    const bool fits =
        changes_ < limits::kTransactionChanges && bytes_ + block <= limits::kTransactionBytes;
    if (!fits) changes_ = bytes_ = 0;
    bytes_ += block;
    ++changes_;
    return fits;
  }

 private:
  std::size_t bytes_ = 0;
  std::size_t changes_ = 0;
};

}  // namespace relais::replica

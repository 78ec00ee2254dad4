#pragma once

#include <cstddef>

#include "base/limits.h"
#include "log/block.h"

namespace relais::replica {

/// Splits changes of one log into few transactions. Each block counts with its largest size, as in
/// log::Writer.
class TransactionSize {
 public:
  /// False: the change doesn't fit into the transaction, and begins the next one.
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

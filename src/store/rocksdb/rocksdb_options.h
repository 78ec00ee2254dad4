#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <vector>

#include "store/rocksdb/rocksdb_store.h"

namespace relais::store {

/// Size at which compaction starts a new table file.
inline constexpr std::uint64_t kTableBytes = std::uint64_t{8} * 1024 * 1024;

rocksdb::DBOptions database_options(const RocksDbOptions& options,
                                    std::shared_ptr<rocksdb::EventListener> listener,
                                    rocksdb::Env& env);

/// One for each family, in the order of `Family`.
std::vector<rocksdb::ColumnFamilyDescriptor> column_families(const RocksDbOptions& options);

}  // namespace relais::store

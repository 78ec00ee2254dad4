#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <vector>

#include "store/rocksdb/rocksdb_store.h"

namespace relais::store {

/// At which merging begins another table.
inline constexpr std::uint64_t kTableBytes = std::uint64_t{8} * 1024 * 1024;

rocksdb::DBOptions database_options(const RocksDbOptions& options,
                                    std::shared_ptr<rocksdb::EventListener> listener,
                                    rocksdb::Env& env);

/// One a family, in the order of `Family`'s values.
std::vector<rocksdb::ColumnFamilyDescriptor> column_families(const RocksDbOptions& options);

}  // namespace relais::store

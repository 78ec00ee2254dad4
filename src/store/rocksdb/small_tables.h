#pragma once

#include <rocksdb/db.h>

#include <cstddef>
#include <vector>

namespace relais::store {

/// Merges tables that lie side by side and are small, if there are `together` or more. RocksDB
/// moves a table down to the next level as it is when it overlaps nothing there: a log that only
/// grows would get a table for each time its store was opened, for good, and each opening looks at
/// every one of them. What fails leaves the tables as they were; an error of the disk reaches the
/// listeners.
void merge_small_tables(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                        std::size_t together);

}  // namespace relais::store

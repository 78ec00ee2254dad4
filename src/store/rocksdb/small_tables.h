#pragma once

#include <rocksdb/db.h>

#include <cstddef>
#include <vector>

namespace relais::store {

/// Compacts runs of `together` or more adjacent small tables. RocksDB moves a table down a level
/// unchanged if it overlaps nothing there: an append-only log would otherwise keep one table for
/// each opening of its store, and each opening reads all of them. Merges little at a time, so
/// that no opening takes long; the next ones do the rest. A failure leaves the tables as they were;
/// a disk error reaches the listeners.
void merge_small_tables(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                        std::size_t together);

}  // namespace relais::store

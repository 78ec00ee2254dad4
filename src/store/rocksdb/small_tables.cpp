#include "store/rocksdb/small_tables.h"

#include <string>

#include "store/rocksdb/rocksdb_options.h"

namespace relais::store {
namespace {

constexpr std::uint64_t kSmallBytes = kTableBytes / 4;

/// Adjacent tables.
struct TableRun {
  std::size_t tables = 0;
  std::string from, to;  ///< the first and the last key
};

/// The maximal runs of adjacent small tables in a level, whose tables are in key order.
std::vector<TableRun> small_runs(const rocksdb::LevelMetaData& level) {
  std::vector<TableRun> runs(1);
  for (const rocksdb::SstFileMetaData& table : level.files) {
    TableRun& last = runs.back();
    if (table.size < kSmallBytes) {
      if (last.tables++ == 0) last.from = table.smallestkey;
      last.to = table.largestkey;
    } else if (last.tables != 0) {
      runs.emplace_back();
    }
  }
  return runs;
}

/// By key range, not with `CompactFiles`: the latter, in RocksDB 7.8, deletes the new table if
/// recording it in the MANIFEST seems to fail, although the record may have reached the disk.
void merge(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const TableRun& run) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  const rocksdb::Slice from = run.from, to = run.to;
  db.CompactRange(options, family, &from, &to).PermitUncheckedError();
}

void merge_small_tables(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                        std::size_t together) {
  rocksdb::ColumnFamilyMetaData tables;
  db.GetColumnFamilyMetaData(family, &tables);
  for (const rocksdb::LevelMetaData& level : tables.levels) {
    if (level.level == 0) continue;  // RocksDB merges these itself
    for (const TableRun& run : small_runs(level)) {
      if (run.tables >= together) merge(db, family, run);
    }
  }
}

}  // namespace

void merge_small_tables(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                        std::size_t together) {
  for (rocksdb::ColumnFamilyHandle* family : families) merge_small_tables(db, family, together);
}

}  // namespace relais::store

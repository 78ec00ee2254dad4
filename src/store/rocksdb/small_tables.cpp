#include "store/rocksdb/small_tables.h"

#include <string>

namespace relais::store {
namespace {

constexpr std::uint64_t kSmallBytes = 256 * 1024;
constexpr std::uint64_t kMergedBytes = 16 * kSmallBytes;  // at one opening

/// Adjacent tables.
struct TableRun {
  std::size_t tables = 0;
  std::uint64_t bytes = 0;
  std::string from, to;  ///< the first and the last key
};

/// The runs of adjacent small tables in a level, whose tables are in key order. None is larger than
/// what one opening merges.
std::vector<TableRun> small_runs(const rocksdb::LevelMetaData& level) {
  std::vector<TableRun> runs(1);
  for (const rocksdb::SstFileMetaData& table : level.files) {
    const bool fits = table.size < kSmallBytes && runs.back().bytes + table.size <= kMergedBytes;
    if (!fits && runs.back().tables != 0) runs.emplace_back();
    if (table.size >= kSmallBytes) continue;
    TableRun& last = runs.back();
    if (last.tables++ == 0) last.from = table.smallestkey;
    last.to = table.largestkey;
    last.bytes += table.size;
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

/// `bytes`: what may still be merged.
void merge_small_tables(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::size_t together,
                        std::uint64_t& bytes) {
  rocksdb::ColumnFamilyMetaData tables;
  db.GetColumnFamilyMetaData(family, &tables);
  for (const rocksdb::LevelMetaData& level : tables.levels) {
    if (level.level == 0) continue;  // RocksDB merges these itself
    for (const TableRun& run : small_runs(level)) {
      if (run.tables < together || run.bytes > bytes) continue;
      merge(db, family, run);
      bytes -= run.bytes;
    }
  }
}

}  // namespace

void merge_small_tables(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                        std::size_t together) {
  std::uint64_t bytes = kMergedBytes;
  for (rocksdb::ColumnFamilyHandle* family : families) {
    merge_small_tables(db, family, together, bytes);
  }
}

}  // namespace relais::store

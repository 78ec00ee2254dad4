#include "store/rocksdb/small_tables.h"

#include <string>

#include "store/rocksdb/rocksdb_options.h"

namespace relais::store {
namespace {

constexpr std::uint64_t kSmallBytes = kTableBytes / 4;

/// Tables side by side.
struct Stretch {
  std::size_t tables = 0;
  std::string from, to;  ///< the first key, the last
};

/// The longest stretches of small tables in a level, whose tables are in the order of their keys.
std::vector<Stretch> small_stretches(const rocksdb::LevelMetaData& level) {
  std::vector<Stretch> stretches(1);
  for (const rocksdb::SstFileMetaData& table : level.files) {
    Stretch& last = stretches.back();
    if (table.size < kSmallBytes) {
      if (last.tables++ == 0) last.from = table.smallestkey;
      last.to = table.largestkey;
    } else if (last.tables != 0) {
      stretches.emplace_back();
    }
  }
  return stretches;
}

/// By their range, not with `CompactFiles`: that of RocksDB 7.8 removes the table it made when
/// noting it in the MANIFEST seems to fail, though the note may have reached the disk.
void merge(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const Stretch& stretch) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  const rocksdb::Slice from = stretch.from, to = stretch.to;
  db.CompactRange(options, family, &from, &to).PermitUncheckedError();
}

void merge_small_tables(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                        std::size_t together) {
  rocksdb::ColumnFamilyMetaData tables;
  db.GetColumnFamilyMetaData(family, &tables);
  for (const rocksdb::LevelMetaData& level : tables.levels) {
    if (level.level == 0) continue;  // RocksDB merges these itself
    for (const Stretch& stretch : small_stretches(level)) {
      if (stretch.tables >= together) merge(db, family, stretch);
    }
  }
}

}  // namespace

void merge_small_tables(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                        std::size_t together) {
  for (rocksdb::ColumnFamilyHandle* family : families) merge_small_tables(db, family, together);
}

}  // namespace relais::store

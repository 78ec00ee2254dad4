#include "store/rocksdb/small_tables.h"

#include <string>

namespace relais::store {
namespace {

constexpr std::uint64_t kSmallBytes = 2 * 1024 * 1024;  // a quarter of what a table may hold
constexpr std::size_t kTogether = 16;                   // so many openings pay for one that merges

using Names = std::vector<std::string>;

/// The longest stretches of small tables in a level, whose tables are in the order of their keys.
std::vector<Names> small_stretches(const rocksdb::LevelMetaData& level) {
  std::vector<Names> stretches(1);
  for (const rocksdb::SstFileMetaData& table : level.files) {
    if (table.size < kSmallBytes) {
      stretches.back().push_back(table.name);
    } else if (!stretches.back().empty()) {
      stretches.emplace_back();
    }
  }
  return stretches;
}

void merge_small_tables(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
  rocksdb::CompactionOptions options;
  options.compression = rocksdb::kDisableCompressionOption;  // what the family says
  options.output_file_size_limit = db.GetOptions(family).target_file_size_base;
  rocksdb::ColumnFamilyMetaData tables;
  db.GetColumnFamilyMetaData(family, &tables);
  for (const rocksdb::LevelMetaData& level : tables.levels) {
    if (level.level == 0) continue;  // RocksDB merges these itself
    for (const Names& names : small_stretches(level)) {
      if (names.size() < kTogether) continue;
      db.CompactFiles(options, family, names, level.level).PermitUncheckedError();
    }
  }
}

}  // namespace

void merge_small_tables(rocksdb::DB& db,
                        const std::vector<rocksdb::ColumnFamilyHandle*>& families) {
  for (rocksdb::ColumnFamilyHandle* family : families) merge_small_tables(db, family);
}

}  // namespace relais::store

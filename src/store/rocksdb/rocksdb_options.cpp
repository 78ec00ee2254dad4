#include "store/rocksdb/rocksdb_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <utility>

namespace relais::store {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr int kCacheShardBits = 1;       // small shards evict blocks although others have room
constexpr int kTablesShardBits = 0;      // likewise: the default is 64 shards of one table
constexpr std::uint64_t kLogsBytes = 8;  // of write-ahead logs, in memtables
constexpr double kBloomBits = 10;        // 1 % false positives
constexpr std::size_t kLogKeyHint = 4;   // the log number in a key: each log grows at its end
constexpr int kNeverStop = 100000;

/// Discards RocksDB's own log, which would hold paths and possibly keys.
class NoLog final : public rocksdb::Logger {
 public:
  NoLog() : Logger(rocksdb::FATAL_LEVEL) {}
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::ColumnFamilyOptions family_options(const RocksDbOptions& options,
                                            const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = options.memtable_bytes;
  family.max_write_buffer_number = 3;  // one fills while two are flushed
  family.arena_block_size = 128 * 1024;
  // Blocks are encrypted and most other records are a few numbers: compression would gain little.
  family.compression = rocksdb::kNoCompression;
  family.target_file_size_base = kTableBytes;
  family.max_bytes_for_level_base = 64 * kMiB;
  // Writes are slowed but never stopped when compaction falls behind or has met a damaged block.
  family.level0_stop_writes_trigger = kNeverStop;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

}  // namespace

rocksdb::DBOptions database_options(const RocksDbOptions& options,
                                    std::shared_ptr<rocksdb::EventListener> listener,
                                    rocksdb::Env& env) {
  rocksdb::DBOptions db;
  db.env = &env;
  // After a crash all families must show one state, even given the weaknesses of recovery in
  // RocksDB 7.8: flush them together, never resume after an error, never recycle write-ahead logs
  // or sync them in parts.
  db.atomic_flush = true;
  db.max_bgerror_resume_count = 0;
  db.wal_bytes_per_sync = 0;
  db.recycle_log_file_num = 0;
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  db.avoid_flush_during_recovery = false;
  db.paranoid_checks = true;

  db.max_total_wal_size = kLogsBytes * options.memtable_bytes;
  db.max_open_files = options.open_files;
  db.max_file_opening_threads = 1;  // RocksDB aborts if it cannot start a thread
  db.table_cache_numshardbits = kTablesShardBits;
  db.max_background_jobs = options.background_threads;
  db.skip_stats_update_on_db_open = true;
  // Commits are made one at a time.
  db.allow_concurrent_memtable_write = false;
  db.enable_write_thread_adaptive_yield = false;
  db.bytes_per_sync = 512 * 1024;

  db.info_log = std::make_shared<NoLog>();
  db.info_log_level = rocksdb::FATAL_LEVEL;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.listeners = {std::move(listener)};
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> column_families(const RocksDbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes, kCacheShardBits, false, 0.5);
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.format_version = 5;

  rocksdb::BlockBasedTableOptions filtered = table;
  filtered.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBits));

  rocksdb::ColumnFamilyOptions plain = family_options(options, table);
  rocksdb::ColumnFamilyOptions log = plain;
  log.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(kLogKeyHint));
  return {{rocksdb::kDefaultColumnFamilyName, plain},
          {"log", log},
          {"documents", family_options(options, filtered)},
          {"index", plain},
          {"held", plain}};
}

}  // namespace relais::store

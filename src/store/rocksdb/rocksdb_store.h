#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "relais/result.h"
#include "store/store.h"

namespace rocksdb {
class Env;
}

namespace relais::store {

/// The newest store format that is read and written; older ones are read, newer ones refused.
inline constexpr std::uint32_t kStoreVersion = 1;

enum class OpenMode : std::uint8_t {
  create,    ///< a new store, in an empty folder or one that does not exist yet
  existing,  ///< an existing store; never creates one
};

/// Defaults for a tablet with 2 GB: with 113 494 documents the process stays under 64 MB.
struct RocksDbOptions {
  std::size_t cache_bytes = 8 * 1024 * 1024;     ///< for blocks, indexes and filters together
  std::size_t memtable_bytes = 2 * 1024 * 1024;  ///< for each family; bounds a replay
  int background_threads = 2;
  int open_files = 64;
  std::size_t small_tables = 16;  ///< adjacent small tables in a level that an opening merges
  /// Files, time and threads of the database; null: RocksDB's default. Must outlive the store. The
  /// folder's own file STORE does not go through it.
  rocksdb::Env* env = nullptr;
};

/// Opens a store on a disk. Only one process may have it open, once.
/// Fails, with a sentence that names `path`:
///   create: already_exists (a store, or a non-empty folder, which is not touched), not_found (no
///     parent folder);
///   existing: store_missing (also where a creation was interrupted: create again), store_too_new,
///     store_corrupt;
///   both: store_locked, disk_full, store_failed (the disk cannot be read or written, or belongs to
///     another user).
/// Blocks: on the disk; after a crash also to replay a few MB at most.
Result<std::unique_ptr<Store>> open_rocksdb(const std::string& path, OpenMode mode,
                                            const RocksDbOptions& options = {});

}  // namespace relais::store

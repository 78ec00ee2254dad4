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

/// Newest version of what a store's folder holds; older versions are read, newer ones refused.
inline constexpr std::uint32_t kStoreVersion = 1;

enum class OpenMode : std::uint8_t {
  create,    ///< a new store, in a folder that is empty or not there yet
  existing,  ///< a store that is there; never makes one
};

/// Sized for a tablet of 2 GB: with 113 494 documents the process stays under 64 MB.
struct RocksDbOptions {
  std::size_t cache_bytes = 8 * 1024 * 1024;     ///< of blocks, indexes and filters together
  std::size_t memtable_bytes = 2 * 1024 * 1024;  ///< a family; bounds what a cold open replays
  int background_threads = 2;
  int open_files = 64;
  std::size_t small_tables = 16;  ///< side by side in a level: an opening merges so many
  /// Where the database gets its files, time and threads; null: RocksDB's default. Outlives the
  /// store. The folder's own file STORE is not among them.
  rocksdb::Env* env = nullptr;
};

/// Opens a store on a disk. Only one may have it open at a time, in this process or another.
/// Fails, with a sentence that names `path`:
///   create: already_exists (a store, or a folder that holds something else: it is not touched),
///     not_found (no folder to make it in);
///   existing: store_missing (also where a creation was cut short: create again), store_too_new,
///     store_corrupt;
///   both: store_locked, disk_full, store_failed (a disk that can't be read or written, or only
///     by another user).
/// Blocks: on the disk; after a crash also to replay at most a few MB.
Result<std::unique_ptr<Store>> open_rocksdb(const std::string& path, OpenMode mode,
                                            const RocksDbOptions& options = {});

}  // namespace relais::store

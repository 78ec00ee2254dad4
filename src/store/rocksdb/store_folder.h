#pragma once

#include <string>
#include <utility>

#include "relais/result.h"

namespace relais::store {

/// The folder of a store on a disk, accessible to its owner only, and locked while this lives
/// (docs/spec/store.md, "Folder"):
///   STORE             two lines, "relais store" and "version N"; written last when a store is
///   created STORE.unfinished  the same, under this name until the creation has finished db/ the
///   database
/// Owns: the lock.
class StoreFolder {
 public:
  /// Makes the folder, or takes an empty one or one whose creation was interrupted; `finish` makes
  /// it a store. Fails: as open_rocksdb.
  static Result<StoreFolder> create(const std::string& path);
  /// Fails: as open_rocksdb.
  static Result<StoreFolder> open(const std::string& path);

  StoreFolder(StoreFolder&& other) noexcept
      : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}
  StoreFolder& operator=(StoreFolder&&) = delete;
  ~StoreFolder();

  const std::string& path() const { return path_; }
  std::string database() const { return path_ + "/db"; }
  /// Call once the database is there and durable: the folder is then a store.
  Status finish();

 private:
  StoreFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  static Result<StoreFolder> lock(const std::string& path);
  Status make_private() const;
  Status begin();
  Status check_version() const;
  Status check_writable() const;

  std::string path_;
  int lock_;
};

}  // namespace relais::store

#pragma once

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "relais/result.h"
#include "store/batch.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/store_env.h"
#include "store/rocksdb/store_folder.h"

namespace relais::store {

inline rocksdb::Slice slice(BytesView bytes) { return {bytes.data(), bytes.size()}; }
inline BytesView view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

/// Records the first write error.
/// Threads: any; RocksDB's own threads report background errors.
class WriteFailure final : public rocksdb::EventListener {
 public:
  bool happened() const { return happened_.load(std::memory_order_acquire); }
  void set(Error error);
  /// The error of later writes: the store has stopped, and why. Only if `happened()`.
  Error stopped() const;
  /// Whether compaction has found a damaged block since the last call.
  bool take_damage() { return damage_.exchange(false); }

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::atomic<bool> happened_{false};
  std::atomic<bool> damage_{false};
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

/// An open RocksDB in its folder: shared by the store, its snapshots and its iterators, closed by
/// the last of them. Threads: any.
class Database {
 public:
  static Result<std::shared_ptr<Database>> open(StoreFolder folder, OpenMode mode,
                                                const RocksDbOptions& options);
  Database(StoreFolder folder, std::shared_ptr<WriteFailure> failure, rocksdb::Env* env)
      : folder_(std::move(folder)), env_(env), failure_(std::move(failure)) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family name) const {
    return families_[static_cast<std::size_t>(name)];
  }

  Status write(const Batch& batch, bool synced);
  Status sync();
  bool failed() const { return failure_->happened(); }

 private:
  void translate(const Batch& batch);
  void stop_compaction();
  Status sync_locked();
  Status after_write(const rocksdb::Status& status);

  StoreFolder folder_;
  StoreEnv env_;
  std::shared_ptr<WriteFailure> failure_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;

  std::mutex write_mutex_;
  rocksdb::WriteBatch scratch_;  ///< reused, to save allocations
  bool unsynced_ = false;        ///< a commit was not synced yet
};

}  // namespace relais::store

#pragma once

#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

namespace relais::store {

/// The environment of the database: `base`, with two differences. Files and folders are accessible
/// to their owner only, whatever the umask of the process. And the clock never shows a time before
/// 1970, at which RocksDB would abort.
/// `base` must outlive it. Threads: any.
class StoreEnv final : public rocksdb::EnvWrapper {
 public:
  explicit StoreEnv(rocksdb::Env* base);
  const char* Name() const override { return "StoreEnv"; }

  /// RocksDB locks through the Env, not through its file system.
  rocksdb::Status LockFile(const std::string& path, rocksdb::FileLock** lock) override;
  std::uint64_t NowMicros() override { return system_clock_->NowMicros(); }
  std::uint64_t NowNanos() override { return system_clock_->NowNanos(); }
  rocksdb::Status GetCurrentTime(std::int64_t* unix_time) override {
    return system_clock_->GetCurrentTime(unix_time);
  }
};

/// A clock that counts from 1970 whenever `base` shows an earlier time.
std::shared_ptr<rocksdb::SystemClock> never_before_1970(std::shared_ptr<rocksdb::SystemClock> base);

}  // namespace relais::store

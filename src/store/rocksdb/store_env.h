#pragma once

#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

namespace relais::store {

/// What the database gets its files, its time and its threads from: `base`, but for two things.
/// Files and folders are made for their owner alone, whatever the process's umask, which is others'
/// too. And no time is before 1970, where RocksDB would end the process.
/// `base` must outlive it. Threads: any.
class StoreEnv final : public rocksdb::EnvWrapper {
 public:
  explicit StoreEnv(rocksdb::Env* base);
  const char* Name() const override { return "StoreEnv"; }

  /// The database locks through here, not through its file system.
  rocksdb::Status LockFile(const std::string& path, rocksdb::FileLock** lock) override;
  std::uint64_t NowMicros() override { return system_clock_->NowMicros(); }
  std::uint64_t NowNanos() override { return system_clock_->NowNanos(); }
  rocksdb::Status GetCurrentTime(std::int64_t* unix_time) override {
    return system_clock_->GetCurrentTime(unix_time);
  }
};

/// A clock that begins at 1970, and goes on from there, where `base` shows a time before.
std::shared_ptr<rocksdb::SystemClock> never_before_1970(std::shared_ptr<rocksdb::SystemClock> base);

}  // namespace relais::store

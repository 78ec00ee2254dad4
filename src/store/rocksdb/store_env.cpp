#include "store/rocksdb/store_env.h"

#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>
#include <sys/stat.h>

#include <chrono>
#include <utility>

namespace relais::store {
namespace {

using rocksdb::IOStatus;

constexpr mode_t kFileMode = 0600, kFolderMode = 0700;

/// Best effort: a file system without modes has only the protection of the folder.
IOStatus keep_private(IOStatus made, const std::string& path, mode_t mode) {
  if (made.ok()) (void)::chmod(path.c_str(), mode);
  return made;
}

class PrivateFiles final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "PrivateFiles"; }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           rocksdb::IODebugContext* debug) override {
    return keep_private(target()->NewWritableFile(path, options, file, debug), path, kFileMode);
  }
  IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                              rocksdb::IODebugContext* debug) override {
    return keep_private(target()->ReopenWritableFile(path, options, file, debug), path, kFileMode);
  }
  IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                           rocksdb::IODebugContext* debug) override {
    return keep_private(target()->NewRandomRWFile(path, options, file, debug), path, kFileMode);
  }
  IOStatus CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                     rocksdb::IODebugContext* debug) override {
    return keep_private(target()->CreateDir(path, options, debug), path, kFolderMode);
  }
  IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override {
    return keep_private(target()->CreateDirIfMissing(path, options, debug), path, kFolderMode);
  }
};

class Since1970 final : public rocksdb::SystemClockWrapper {
 public:
  using SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "Since1970"; }

  std::uint64_t NowMicros() override { return not_before(target_->NowMicros(), micros()); }
  std::uint64_t NowNanos() override { return not_before(target_->NowNanos(), micros() * 1000); }
  rocksdb::Status GetCurrentTime(std::int64_t* unix_time) override {
    rocksdb::Status status = target_->GetCurrentTime(unix_time);
    if (status.ok() && *unix_time < 0) *unix_time = static_cast<std::int64_t>(micros() / 1'000'000);
    return status;
  }

 private:
  /// A time before 1970 arrives as a huge number.
  static std::uint64_t not_before(std::uint64_t time, std::uint64_t instead) {
    return static_cast<std::int64_t>(time) < 0 ? instead : time;
  }
  /// Advances, since a caller may wait for a later time.
  std::uint64_t micros() const {
    const auto passed = std::chrono::steady_clock::now() - begun_;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
  }

  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

std::shared_ptr<rocksdb::SystemClock> never_before_1970(
    std::shared_ptr<rocksdb::SystemClock> base) {
  return std::make_shared<Since1970>(std::move(base));
}

rocksdb::Status StoreEnv::LockFile(const std::string& path, rocksdb::FileLock** lock) {
  rocksdb::Status status = EnvWrapper::LockFile(path, lock);
  if (status.ok()) (void)::chmod(path.c_str(), kFileMode);
  return status;
}

StoreEnv::StoreEnv(rocksdb::Env* base) : EnvWrapper(base) {
  file_system_ = std::make_shared<PrivateFiles>(base->GetFileSystem());
  system_clock_ = never_before_1970(base->GetSystemClock());
}

}  // namespace relais::store

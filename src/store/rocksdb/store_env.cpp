#include "store/rocksdb/store_env.h"

#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace relais::store {
namespace {

using rocksdb::IOStatus;

/// Best effort: on a file system without modes the folder's own protection is all there is.
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
    return keep_private(target()->NewWritableFile(path, options, file, debug), path, 0600);
  }
  IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                              rocksdb::IODebugContext* debug) override {
    return keep_private(target()->ReopenWritableFile(path, options, file, debug), path, 0600);
  }
  IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                           rocksdb::IODebugContext* debug) override {
    return keep_private(target()->NewRandomRWFile(path, options, file, debug), path, 0600);
  }
  IOStatus LockFile(const std::string& path, const rocksdb::IOOptions& options,
                    rocksdb::FileLock** lock, rocksdb::IODebugContext* debug) override {
    return keep_private(target()->LockFile(path, options, lock, debug), path, 0600);
  }
  IOStatus CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                     rocksdb::IODebugContext* debug) override {
    return keep_private(target()->CreateDir(path, options, debug), path, 0700);
  }
  IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override {
    return keep_private(target()->CreateDirIfMissing(path, options, debug), path, 0700);
  }
};

/// A time before 1970 comes as a huge number.
std::uint64_t never_negative(std::uint64_t time) {
  return static_cast<std::int64_t>(time) < 0 ? 0 : time;
}

class Since1970 final : public rocksdb::SystemClockWrapper {
 public:
  using SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "Since1970"; }

  std::uint64_t NowMicros() override { return never_negative(target_->NowMicros()); }
  std::uint64_t NowNanos() override { return never_negative(target_->NowNanos()); }
  rocksdb::Status GetCurrentTime(std::int64_t* unix_time) override {
    rocksdb::Status status = target_->GetCurrentTime(unix_time);
    if (status.ok()) *unix_time = std::max<std::int64_t>(0, *unix_time);
    return status;
  }
};

}  // namespace

std::shared_ptr<rocksdb::SystemClock> never_before_1970(
    std::shared_ptr<rocksdb::SystemClock> base) {
  return std::make_shared<Since1970>(std::move(base));
}

StoreEnv::StoreEnv(rocksdb::Env* base) : EnvWrapper(base) {
  file_system_ = std::make_shared<PrivateFiles>(base->GetFileSystem());
  system_clock_ = never_before_1970(base->GetSystemClock());
}

}  // namespace relais::store

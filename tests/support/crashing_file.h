#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "support/crashing_file_system.h"

/// The files of CrashingFileSystem, for its own source only, where `perform` is defined.
namespace relais::testing {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

/// A file that reports each write to the file system.
class CrashingFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CrashingFile(CrashingFileSystem& system, std::shared_ptr<WrittenFile> file,
               std::unique_ptr<rocksdb::FSWritableFile> inner)
      : FSWritableFileOwnerWrapper(std::move(inner)), system_(system), file_(std::move(file)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const auto append = [&](std::size_t size) {
      IOStatus status = target()->Append(Slice(data.data(), size), options, debug);
      if (status.ok()) file_->size += size;
      return status;
    };
    return system_.perform(
        Operation::append, file_->path, [&] { return append(data.size()); },
        [&] { append(system_.chance_.below(data.size() + 1)).PermitUncheckedError(); });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const Slice&, std::uint64_t, const IOOptions&,
                            IODebugContext*) override {
    return IOStatus::NotSupported("append at a position");
  }
  IOStatus PositionedAppend(const Slice&, std::uint64_t, const IOOptions&,
                            const rocksdb::DataVerificationInfo&, IODebugContext*) override {
    return IOStatus::NotSupported("append at a position");
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    return system_.perform(Operation::truncate, file_->path, [&] {
      IOStatus status = target()->Truncate(size, options, debug);
      if (!status.ok()) return status;
      file_->size = size;
      file_->durable = std::min(file_->durable, size);
      return status;
    });
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return system_.sync(*file_); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return system_.sync(*file_); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();  // promises nothing
  }

 private:
  CrashingFileSystem& system_;
  std::shared_ptr<WrittenFile> file_;
};

class CrashingFolder final : public rocksdb::FSDirectoryWrapper {
 public:
  CrashingFolder(CrashingFileSystem& system, std::string path,
                 std::unique_ptr<rocksdb::FSDirectory> inner)
      : FSDirectoryWrapper(std::move(inner)), system_(system), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return system_.sync_folder(path_); }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*,
                               const rocksdb::DirFsyncOptions&) override {
    return system_.sync_folder(path_);
  }

 private:
  CrashingFileSystem& system_;
  const std::string path_;
};

}  // namespace relais::testing

#include <rocksdb/env.h>
#include <stdlib.h>

#include <filesystem>

#include "base/check.h"
#include "simulator/disk.h"
#include "store/rocksdb/rocksdb_store.h"
#include "support/crashing_file_system.h"

namespace relais::simulator {
namespace {

namespace fs = std::filesystem;

/// A folder removed with its last owner, and names for folders below it.
class Folder {
 public:
  Folder() : path_((fs::temp_directory_path() / "relais-simulation-XXXXXX").string()) {
    RELAIS_CHECK(::mkdtemp(path_.data()) != nullptr);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::uint64_t next() { return made_++; }

 private:
  std::string path_;
  std::uint64_t made_ = 0;
};

/// The contents of the disk between two power cuts, and the file system that tracks what is
/// durable.
class Contents {
 public:
  /// `path`: the folder, created if missing and removed with this.
  Contents(std::string path, const testing::Chance& chance) : path_(std::move(path)) {
    fs::remove_all(attic());
    fs::create_directories(attic());
    files_ = std::make_shared<testing::CrashingFileSystem>(attic(), testing::FaultPlan(), chance,
                                                           nullptr);
    env_ = rocksdb::NewCompositeEnv(files_);
  }
  Contents(const Contents&) = delete;
  Contents& operator=(const Contents&) = delete;
  ~Contents() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  Result<std::unique_ptr<store::Store>> open() {
    store::RocksDbOptions options;
    options.env = env_.get();
    const bool made = fs::exists(path_ + "/store/STORE");
    return store::open_rocksdb(path_ + "/store",
                               made ? store::OpenMode::existing : store::OpenMode::create, options);
  }
  testing::Losses leave(const std::string& to, bool with_losses) {
    return files_->leave(path_, to, with_losses);
  }
  testing::CrashingFileSystem& files() { return *files_; }

 private:
  std::string attic() const { return path_ + "/attic"; }

  const std::string path_;
  std::shared_ptr<testing::CrashingFileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

class RocksDbDisk final : public Disk {
 public:
  /// `number`: of its folder, created if missing.
  RocksDbDisk(std::shared_ptr<Folder> folder, std::uint64_t number, const testing::Chance& chance,
              Counts& counts)
      : folder_(std::move(folder)),
        chance_(chance),
        counts_(counts),
        contents_(std::make_unique<Contents>(path(number), chance)) {}

  Result<std::unique_ptr<store::Store>> open() override {
    lost_.clear();
    return contents_->open();
  }

  /// RocksDB is not told: it goes on with files that are not opened again.
  void cut_power(testing::Chance& chance) override {
    const testing::Chance losses(chance.next());
    const std::string left = path(folder_->next());
    count(contents_->leave(left, true));
    lost_.push_back(std::exchange(contents_, std::make_unique<Contents>(left, losses)));
  }

  Status failing(WriteError error, const std::function<Status()>& write) override {
    const testing::Fault faults[] = {testing::Fault::short_write, testing::Fault::io_error,
                                     testing::Fault::late_error};
    testing::CrashingFileSystem& files = contents_->files();
    files.fail_next(faults[static_cast<int>(error)], ".log");
    Status status = write();
    if (files.fault_happened()) {
      const bool sync = files.fault_operation() == testing::Operation::sync;
      counts_.add(sync ? "fault: a sync of RocksDB's fails"
                       : "fault: an append of RocksDB's fails");
    }
    files.recover();
    return status;
  }

  std::shared_ptr<Disk> copy(const store::Reads&) override {
    const std::uint64_t number = folder_->next();
    contents_->leave(path(number), false);
    return std::make_shared<RocksDbDisk>(folder_, number, chance_.split(std::to_string(number)),
                                         counts_);
  }

 private:
  std::string path(std::uint64_t number) const {
    return folder_->path() + "/" + std::to_string(number);
  }
  void count(const testing::Losses& losses) {
    if (losses.bytes > 0) counts_.add("sometimes: RocksDB loses what it hadn't synced");
    if (losses.written_over > 0) counts_.add("sometimes: RocksDB finds zeros or noise");
    if (losses.names > 0) counts_.add("sometimes: RocksDB loses a file's name");
  }

  std::shared_ptr<Folder> folder_;
  const testing::Chance chance_;
  Counts& counts_;
  std::unique_ptr<Contents> contents_;
  std::vector<std::unique_ptr<Contents>> lost_;  ///< until their store is gone
};

class RocksDbDisks final : public Disks {
 public:
  explicit RocksDbDisks(Counts& counts) : counts_(counts) {}
  std::shared_ptr<Disk> make(const testing::Chance& chance) override {
    return std::make_shared<RocksDbDisk>(folder_, folder_->next(), chance, counts_);
  }

 private:
  Counts& counts_;
  std::shared_ptr<Folder> folder_ = std::make_shared<Folder>();
};

}  // namespace

std::unique_ptr<Disks> make_rocksdb_disks(Counts& counts) {
  return std::make_unique<RocksDbDisks>(counts);
}

}  // namespace relais::simulator

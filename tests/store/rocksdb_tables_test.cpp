#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>

#include "store/rocksdb/rocksdb_store.h"
#include "store/temporary_folder.h"

namespace relais::store {
namespace {

/// Counts how often a table is opened.
class CountingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  CountingFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "CountingFileSystem"; }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& how,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    ++opened_;
    return FileSystemWrapper::NewRandomAccessFile(path, how, file, debug);
  }
  int opened() const { return opened_; }

 private:
  std::atomic<int> opened_ = 0;
};

constexpr Family kFamilies[] = {Family::log, Family::documents, Family::index};

/// Keys ascend as in a log, so that no tables overlap.
std::string key(int opening) { return "entry " + std::to_string(1'000'000 + opening); }

class RocksDbTables : public testing::Test {
 protected:
  std::unique_ptr<Store> open() {
    const bool there = std::filesystem::exists(path_);
    return open_rocksdb(path_, there ? OpenMode::existing : OpenMode::create, options_).value();
  }
  /// Closing a store leaves one table in each family.
  void open_and_write(int times) {
    for (int opening = 0; opening < times; ++opening) {
      const auto store = open();
      Batch batch;
      for (const Family family : kFamilies) batch.put(family, key(opening), "what was written");
      ASSERT_TRUE(store->commit(batch, Durability::buffered));
    }
  }
  static void expect_all(const Store& store, int written) {
    for (int opening = 0; opening < written; ++opening) {
      for (const Family family : kFamilies) {
        ASSERT_EQ(store.get(family, key(opening)).value(), "what was written");
      }
    }
  }
  int tables() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_ + "/db")) {
      count += entry.path().extension() == ".sst" ? 1 : 0;
    }
    return count;
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/store";
  const std::shared_ptr<CountingFileSystem> files_ = std::make_shared<CountingFileSystem>();
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
  const RocksDbOptions options_ = [this] {
    RocksDbOptions options;
    options.env = env_.get();
    return options;
  }();
};

TEST_F(RocksDbTables, TablesStayOpenWhileThereIsRoomForThem) {
  constexpr int kOpenings = 15, kPasses = 30;
  open_and_write(kOpenings);
  const auto store = open();
  const int there = tables();
  ASSERT_GE(there, 30);
  ASSERT_LT(there, options_.open_files - 10);  // RocksDB keeps ten for other files
  const int before = files_->opened();
  for (int pass = 0; pass < kPasses; ++pass) expect_all(*store, kOpenings);
  EXPECT_LE(files_->opened() - before, 2 * there);
}

TEST_F(RocksDbTables, TablesStayFewHoweverOftenTheStoreIsOpened) {
  constexpr int kOpenings = 60, kFewInAFamily = 24;
  open_and_write(kOpenings);
  const auto store = open();
  EXPECT_LE(tables(), kFewInAFamily * static_cast<int>(std::size(kFamilies)));
  expect_all(*store, kOpenings);
}

}  // namespace
}  // namespace relais::store

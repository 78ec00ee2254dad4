#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "store/rocksdb/rocksdb_store.h"
#include "store/temporary_folder.h"

namespace relais::store {
namespace {

namespace fs = std::filesystem;

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

/// Keys grow as in a log, so that no table overlaps another and none are merged.
std::string key(int number) { return "entry " + std::to_string(1'000'000 + number); }

TEST(RocksDbTables, TablesStayOpenWhileThereIsRoomForThem) {
  constexpr int kOpenings = 50, kEntries = 10, kPasses = 30;
  const TemporaryFolder folder;
  const auto files = std::make_shared<CountingFileSystem>();
  const auto env = rocksdb::NewCompositeEnv(files);
  RocksDbOptions options;
  options.env = env.get();
  const std::string path = folder.path() + "/store";
  // Whoever closes a store leaves tables behind.
  for (int batch = 0; batch < kOpenings; ++batch) {
    const auto store =
        open_rocksdb(path, batch == 0 ? OpenMode::create : OpenMode::existing, options).value();
    Batch entries;
    for (int i = 0; i < kEntries; ++i) {
      entries.put(Family::log, key(batch * kEntries + i), "what was written");
    }
    ASSERT_TRUE(store->commit(entries, Durability::buffered));
  }

  const auto store = open_rocksdb(path, OpenMode::existing, options).value();
  int tables = 0;
  for (const auto& entry : fs::directory_iterator(path + "/db")) {
    tables += entry.path().extension() == ".sst" ? 1 : 0;
  }
  ASSERT_GE(tables, kOpenings / 2);
  ASSERT_LE(tables, kOpenings + 1);
  const int before = files->opened();
  for (int pass = 0; pass < kPasses; ++pass) {
    for (int batch = 0; batch < kOpenings; ++batch) {
      ASSERT_TRUE(store->get(Family::log, key(batch * kEntries)).value());
    }
  }
  EXPECT_LE(files->opened() - before, 2 * tables);
}

}  // namespace
}  // namespace relais::store

#include <gtest/gtest.h>
#include <rocksdb/system_clock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/store_env.h"
#include "store/temporary_folder.h"

namespace relais::store {
namespace {

namespace fs = std::filesystem;

/// Sets the umask of the process for one test.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

mode_t mode_of(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

/// Counts files and folders, and expects that only their owner has access.
std::size_t expect_private(const std::string& folder) {
  EXPECT_EQ(mode_of(folder), 0700u);
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    EXPECT_EQ(mode_of(entry.path()), entry.is_directory() ? 0700u : 0600u) << entry.path();
    ++count;
  }
  return count;
}

Batch record(const std::string& key) {
  Batch batch;
  batch.put(Family::documents, key, std::string(5000, 'x'));
  return batch;
}

class RocksDbPrivate : public testing::Test {
 protected:
  TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/store";
};

TEST_F(RocksDbPrivate, AFolderAndAllItsFilesAreTheirOwnersAloneWhateverTheUmask) {
  for (const mode_t mask : {0000, 0022, 0777}) {
    const std::string path = path_ + std::to_string(mask);
    const Umask set(mask);
    RocksDbOptions small;
    small.memtable_bytes = 64 * 1024;
    {
      auto store = open_rocksdb(path, OpenMode::create, small);
      ASSERT_TRUE(store) << store.error().message();
      for (int i = 0; i < 100;
           ++i) {  // more than a memtable: tables and logs are created and removed
        ASSERT_TRUE((*store)->commit(record(std::to_string(i)), Durability::synced));
      }
      EXPECT_GE(expect_private(path), 6u);
    }
    EXPECT_TRUE(open_rocksdb(path, OpenMode::existing, small));
    EXPECT_GE(expect_private(path), 6u);
    EXPECT_EQ(::umask(mask), mask) << "the process's umask was changed";
  }
}

TEST_F(RocksDbPrivate, AFolderThatWasThereAndOpenIsClosedToOthers) {
  fs::create_directory(path_);
  ASSERT_EQ(::chmod(path_.c_str(), 0777), 0);
  ASSERT_TRUE(open_rocksdb(path_, OpenMode::create));
  expect_private(path_);
}

TEST_F(RocksDbPrivate, AStoreThatWasOpenToOthersIsClosedToThemWhenItIsOpened) {
  ASSERT_TRUE(open_rocksdb(path_, OpenMode::create));
  ASSERT_EQ(::chmod(path_.c_str(), 0755), 0);
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    ASSERT_EQ(::chmod(entry.path().c_str(), entry.is_directory() ? 0755 : 0644), 0);
  }
  ASSERT_TRUE(open_rocksdb(path_, OpenMode::existing));
  expect_private(path_);
}

TEST_F(RocksDbPrivate, AFolderOfOtherThingsKeepsItsModes) {
  fs::create_directory(path_);
  std::ofstream(path_ + "/letter.txt") << "Dear";
  ASSERT_EQ(::chmod(path_.c_str(), 0755), 0);
  EXPECT_FALSE(open_rocksdb(path_, OpenMode::create));
  EXPECT_FALSE(open_rocksdb(path_, OpenMode::existing));
  EXPECT_EQ(mode_of(path_), 0755u);
}

/// A clock that always shows the same time.
class StoppedClock final : public rocksdb::SystemClockWrapper {
 public:
  explicit StoppedClock(std::int64_t seconds)
      : SystemClockWrapper(rocksdb::SystemClock::Default()), seconds_(seconds) {}
  const char* Name() const override { return "StoppedClock"; }
  std::uint64_t NowMicros() override { return static_cast<std::uint64_t>(seconds_ * 1'000'000); }
  rocksdb::Status GetCurrentTime(std::int64_t* unix_time) override {
    *unix_time = seconds_;
    return rocksdb::Status::OK();
  }

 private:
  const std::int64_t seconds_;
};

class FalseTime final : public rocksdb::EnvWrapper {
 public:
  explicit FalseTime(std::int64_t seconds) : EnvWrapper(rocksdb::Env::Default()) {
    system_clock_ = std::make_shared<StoppedClock>(seconds);
  }
  const char* Name() const override { return "FalseTime"; }
};

TEST_F(RocksDbPrivate, AStoreOpensAndWorksThoughTheClockIsBefore1970) {
  for (const std::int64_t seconds : {-1, -1'000'000'000, 0, 1}) {
    FalseTime env(seconds);
    RocksDbOptions options;
    options.env = &env;
    options.memtable_bytes = 64 * 1024;
    const std::string path = path_ + std::to_string(seconds);
    for (const OpenMode mode : {OpenMode::create, OpenMode::existing}) {
      auto store = open_rocksdb(path, mode, options);
      ASSERT_TRUE(store) << store.error().message();
      for (int i = 0; i < 60; ++i) {
        ASSERT_TRUE((*store)->commit(record(std::to_string(i)), Durability::synced));
      }
      EXPECT_TRUE(*(*store)->get(Family::documents, "7"));
    }
  }
}

TEST(StoreEnv, ShowsTheTimeAsItIsFrom1970On) {
  const auto clock = never_before_1970(std::make_shared<StoppedClock>(1'000'000'000));
  std::int64_t seconds = 0;
  ASSERT_TRUE(clock->GetCurrentTime(&seconds).ok());
  EXPECT_EQ(seconds, 1'000'000'000);
  EXPECT_EQ(clock->NowMicros(), 1'000'000'000'000'000u);
  const auto before = never_before_1970(std::make_shared<StoppedClock>(-1));
  ASSERT_TRUE(before->GetCurrentTime(&seconds).ok());
  EXPECT_GE(seconds, 0);
  const std::uint64_t first = before->NowMicros();
  EXPECT_LT(first, 3'600'000'000u);
  while (before->NowMicros() == first) continue;  // it goes on
}

}  // namespace
}  // namespace relais::store

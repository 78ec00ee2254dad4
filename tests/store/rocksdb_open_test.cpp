#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "store/rocksdb/rocksdb_store.h"
#include "store/shell.h"
#include "store/temporary_folder.h"

namespace relais::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

class RocksDbOpen : public testing::Test {
 protected:
  Result<std::unique_ptr<Store>> open(OpenMode mode = OpenMode::existing) {
    return open_rocksdb(path_, mode);
  }
  void create_with_a_record() {
    const auto store = open(OpenMode::create).value();
    Batch batch;
    batch.put(Family::documents, "patients/17", "a record");
    ASSERT_TRUE(store->commit(batch, Durability::synced));
  }
  void expect_intact() {
    const auto store = open();
    ASSERT_TRUE(store.has_value()) << store.error().message();
    EXPECT_EQ((*store)->get(Family::documents, "patients/17").value(), "a record");
  }
  void expect_error(OpenMode mode, ErrorCode code, const std::string& message) {
    const auto store = open(mode);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code(), code) << to_string(store.error().code());
    EXPECT_EQ(store.error().message(), message);
  }
  fs::path only_file(const std::string& start) const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(path_ + "/db")) {
      if (entry.path().filename().string().rfind(start, 0) == 0) found = entry.path();
    }
    EXPECT_FALSE(found.empty()) << start;
    return found;
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/store";
};

TEST_F(RocksDbOpen, MakesAStoreAndOpensItAgain) {
  create_with_a_record();
  EXPECT_EQ(read_file(path_ + "/STORE"), "relais store\nversion 1\n");
  expect_intact();
}

TEST_F(RocksDbOpen, MakesAStoreInAnEmptyFolder) {
  fs::create_directory(path_);
  create_with_a_record();
  expect_intact();
}

TEST_F(RocksDbOpen, AMissingFolderIsNoStoreAndIsNotMade) {
  expect_error(OpenMode::existing, ErrorCode::store_missing, "There is no store at " + path_ + ".");
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(RocksDbOpen, AFolderOfOtherThingsIsNoStoreAndIsNotTouched) {
  fs::create_directory(path_);
  write_file(path_ + "/letter.txt", "Dear");
  expect_error(OpenMode::existing, ErrorCode::store_missing, "There is no store at " + path_ + ".");
  expect_error(OpenMode::create, ErrorCode::already_exists,
               "The folder " + path_ + " is not empty; a store needs one of its own.");
  EXPECT_EQ(read_file(path_ + "/letter.txt"), "Dear");
  EXPECT_EQ(std::distance(fs::directory_iterator(path_), {}), 1);
}

TEST_F(RocksDbOpen, AFileIsNoStore) {
  write_file(path_, "text");
  const std::string message = "The path " + path_ + " names a file, and a store is a folder.";
  expect_error(OpenMode::existing, ErrorCode::store_missing, message);
  expect_error(OpenMode::create, ErrorCode::already_exists, message);
  EXPECT_EQ(read_file(path_), "text");
}

TEST_F(RocksDbOpen, AStoreIsNotMadeOverAnother) {
  create_with_a_record();
  expect_error(OpenMode::create, ErrorCode::already_exists,
               "There is already a store at " + path_ + ".");
  expect_intact();
}

TEST_F(RocksDbOpen, AStoreNeedsAFolderToBeMadeIn) {
  const std::string deep = path_ + "/not/there";
  const auto store = open_rocksdb(deep, OpenMode::create);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code(), ErrorCode::not_found);
  EXPECT_EQ(store.error().message(), "There is no folder to make the store " + deep + " in.");
}

TEST_F(RocksDbOpen, TheNameMayBeRelativeOrEndInASlash) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  EXPECT_TRUE(open_rocksdb("relative", OpenMode::create).has_value());
  EXPECT_TRUE(open_rocksdb("slash/", OpenMode::create).has_value());
  fs::current_path(before);
  EXPECT_TRUE(open_rocksdb(folder_.path() + "/relative/", OpenMode::existing).has_value());
}

TEST_F(RocksDbOpen, AStoreThatIsOpenIsLockedHereAndInOtherProcesses) {
  create_with_a_record();
  const std::string message =
      "The store at " + path_ + " is already open, here or in another program.";
  {
    const auto store = open().value();
    expect_error(OpenMode::existing, ErrorCode::store_locked, message);
    expect_error(OpenMode::create, ErrorCode::store_locked, message);
    EXPECT_EQ(shell("$CHILD open '" + path_ + "'").output, "error store_locked " + message + "\n");
  }
  EXPECT_EQ(shell("$CHILD open '" + path_ + "'").output, "ok\n");
}

TEST_F(RocksDbOpen, AStoreOfANewerVersionIsLeftAlone) {
  create_with_a_record();
  write_file(path_ + "/STORE", "relais store\nversion 2\nwhatever that version writes here\n");
  expect_error(OpenMode::existing, ErrorCode::store_too_new,
               "The store at " + path_ +
                   " was written by a newer version of Relais (its format is 2, this one reads up "
                   "to 1). Update this program.");
  write_file(path_ + "/STORE", "relais store\nversion 1\n");
  expect_intact();
}

TEST_F(RocksDbOpen, AnUnreadableVersionIsDamage) {
  create_with_a_record();
  for (const char* content :
       {"", "relais", "relais store\nversion ", "relais store\nversion 1",
        "relais store\nversion x\n", "relais store\nversion 0\n",
        "relais store\nversion 99999999999\n", "another store\nversion 1\n"}) {
    write_file(path_ + "/STORE", content);
    expect_error(OpenMode::existing, ErrorCode::store_corrupt,
                 "The store at " + path_ + " is damaged: its file STORE can't be read.");
  }
  fs::remove(path_ + "/STORE");
  expect_error(OpenMode::existing, ErrorCode::store_corrupt,
               "The store at " + path_ + " is damaged: its file STORE is missing.");
  expect_error(OpenMode::create, ErrorCode::already_exists,
               "The folder " + path_ + " is not empty; a store needs one of its own.");
}

TEST_F(RocksDbOpen, ACreationCutShortIsToldAndTakenUpAgain) {
  create_with_a_record();
  fs::rename(path_ + "/STORE", path_ + "/STORE.unfinished");
  fs::remove(path_ + "/db/CURRENT");
  expect_error(OpenMode::existing, ErrorCode::store_missing,
               "The creation of the store at " + path_ + " was cut short. Create it again.");
  const auto store = open(OpenMode::create);
  ASSERT_TRUE(store.has_value()) << store.error().message();
  EXPECT_EQ((*store)->get(Family::documents, "patients/17").value(), std::nullopt);
  EXPECT_FALSE(fs::exists(path_ + "/STORE.unfinished"));
}

TEST_F(RocksDbOpen, ACreationCutShortAtItsFirstStepIsTakenUpAgain) {
  fs::create_directory(path_);
  write_file(path_ + "/STORE.unfinished", "");
  EXPECT_TRUE(open(OpenMode::create).has_value());
  EXPECT_EQ(read_file(path_ + "/STORE"), "relais store\nversion 1\n");
}

TEST_F(RocksDbOpen, ADatabaseThatIsGoneIsDamage) {
  create_with_a_record();
  fs::remove_all(path_ + "/db");
  expect_error(OpenMode::existing, ErrorCode::store_corrupt,
               "The store at " + path_ + " is damaged: its folder db is missing.");
  EXPECT_FALSE(fs::exists(path_ + "/db"));
}

class RocksDbDamage : public RocksDbOpen {
 protected:
  void expect_damaged() {
    const auto before = std::distance(fs::directory_iterator(path_ + "/db"), {});
    expect_error(OpenMode::existing, ErrorCode::store_corrupt,
                 "The store at " + path_ + " is damaged: its database can't be read.");
    EXPECT_GE(std::distance(fs::directory_iterator(path_ + "/db"), {}), before - 1);
  }
};

TEST_F(RocksDbDamage, AMissingCurrentFileIsDamageAndNothingIsMadeAnew) {
  create_with_a_record();
  const std::string current = read_file(path_ + "/db/CURRENT");
  fs::remove(path_ + "/db/CURRENT");
  expect_damaged();
  EXPECT_FALSE(fs::exists(path_ + "/db/CURRENT"));
  write_file(path_ + "/db/CURRENT", current);
  expect_intact();
}

TEST_F(RocksDbDamage, ABrokenCurrentFileIsDamage) {
  create_with_a_record();
  for (const char* content : {"", "MANIFEST-", "MANIFEST-999999\n"}) {
    write_file(path_ + "/db/CURRENT", content);
    expect_damaged();
  }
}

TEST_F(RocksDbDamage, ATurnedBitInTheManifestIsDamage) {
  create_with_a_record();
  const fs::path manifest = only_file("MANIFEST");
  const std::string good = read_file(manifest);
  for (const std::size_t at : {std::size_t{2}, std::size_t{20}, good.size() / 2}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    write_file(manifest, bad);
    expect_damaged();
  }
  write_file(manifest, good);
  expect_intact();
}

TEST_F(RocksDbDamage, AMissingOrShortTableIsDamage) {
  create_with_a_record();
  fs::path table;
  for (const auto& entry : fs::directory_iterator(path_ + "/db")) {
    if (entry.path().extension() == ".sst") table = entry.path();
  }
  ASSERT_FALSE(table.empty());
  const std::string good = read_file(table);
  write_file(table, good.substr(0, good.size() / 2));
  expect_damaged();
  fs::remove(table);
  expect_damaged();
  write_file(table, good);
  expect_intact();
}

TEST_F(RocksDbOpen, LeavesNoLogFileBehind) {
  create_with_a_record();
  expect_intact();
  for (const auto& entry : fs::directory_iterator(path_ + "/db")) {
    EXPECT_NE(entry.path().filename().string().rfind("LOG", 0), 0u) << entry.path();
  }
}

TEST_F(RocksDbOpen, AFolderOfAnotherUserSaysSo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user to try this";
  create_with_a_record();
  ASSERT_EQ(::seteuid(65534), 0);
  const auto refused = open();
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::store_failed);
  EXPECT_EQ(refused.error().retry(), Retry::after_user_acts);
  EXPECT_EQ(refused.error().message(),
            "The store at " + path_ + " can't be used: Permission denied.");
  expect_intact();
}

TEST_F(RocksDbOpen, ADiskThatCantBeWrittenSaysSo) {
  const std::string in = "cd '" + folder_.path() + "'; unshare -m sh -c '";
  if (shell(in + "mount -t tmpfs none .' 2>&1").exit_code != 0) {
    GTEST_SKIP() << "mounting is not permitted here: read-only disks are not tried";
  }
  const ShellResult result =
      shell(in + "mount -t tmpfs none . && cd \"$PWD\" && " RELAIS_STORE_CHILD
                 " create s && mount -o remount,ro . && " RELAIS_STORE_CHILD
                 " open s; " RELAIS_STORE_CHILD " create t'");
  EXPECT_EQ(result.output,
            "ok\nerror store_failed The store at s can't be used: Read-only file system.\n"
            "error store_failed The store at t can't be used: Read-only file system.\n");
}

}  // namespace
}  // namespace relais::store

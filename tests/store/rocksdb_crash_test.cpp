#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "store/rocksdb/rocksdb_store.h"
#include "store/shell.h"
#include "store/temporary_folder.h"

namespace relais::store {
namespace {

namespace fs = std::filesystem;

/// The number in the last complete line.
std::uint64_t last_acknowledged(const std::string& output) {
  std::uint64_t last = 0;
  for (std::size_t at = 0; at < output.size();) {
    const std::size_t end = output.find('\n', at);
    if (end == std::string::npos || std::isdigit(static_cast<unsigned char>(output[at])) == 0)
      break;
    last = std::strtoull(output.c_str() + at, nullptr, 10);
    at = end + 1;
  }
  return last;
}

class RocksDbCrash : public testing::Test {
 protected:
  std::string quoted() const { return "'" + path_ + "'"; }
  std::string check(std::uint64_t acknowledged) const {
    return shell("$CHILD check " + quoted() + " " + std::to_string(acknowledged) + " 2>&1").output;
  }

  /// Output of a writer that was killed some time after it had acknowledged `batches` batches.
  std::string write_and_kill_after(int batches) const {
    int ends[2];
    if (::pipe(ends) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(RELAIS_STORE_CHILD, RELAIS_STORE_CHILD, "write", path_.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    std::string said;
    char c = 0;
    while (batches > 0 && ::read(ends[0], &c, 1) == 1) {
      said.push_back(c);
      if (c == '\n') --batches;
    }
    ::kill(child, SIGKILL);
    while (::read(ends[0], &c, 1) == 1) said.push_back(c);
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return said;
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/store";
};

TEST_F(RocksDbCrash, AKilledProcessLosesNoAcknowledgedBatchAndLeavesNoHalfOne) {
  ASSERT_EQ(shell("$CHILD create " + quoted()).output, "ok\n");
  std::mt19937 random(7);
  std::uint64_t written = 0;
  for (int round = 0; round < 8; ++round) {
    const std::string said = write_and_kill_after(1 + static_cast<int>(random() % 150));
    const std::uint64_t acknowledged = last_acknowledged(said);
    ASSERT_GT(acknowledged, written);
    const std::string checked = check(acknowledged);
    ASSERT_EQ(checked.rfind("ok ", 0), 0u) << "round " << round << ": " << checked;
    written = std::strtoull(checked.c_str() + 3, nullptr, 10);
    EXPECT_LE(written, acknowledged + 1);
  }
}

TEST_F(RocksDbCrash, AKillWhileAStoreIsMadeLeavesOneOrNone) {
  int finished = 0;
  for (int round = 0; round < 15; ++round) {
    const std::string pause = "0.00" + std::to_string(round % 10);
    shell("exec 2>&-; $CHILD create " + quoted() + " & sleep " + pause + "; kill -9 $!; wait $!");
    const std::string opened = shell("$CHILD open " + quoted()).output;
    if (opened == "ok\n") {
      ++finished;
    } else {
      ASSERT_EQ(opened.rfind("error store_missing ", 0), 0u) << opened;
      ASSERT_EQ(shell("$CHILD create " + quoted()).output, "ok\n");
    }
    ASSERT_EQ(check(0), "ok 0\n");
    fs::remove_all(path_);
  }
  RecordProperty("finished_before_the_kill", finished);
}

TEST_F(RocksDbCrash, AfterAWriteErrorTheStoreStopsAndKeepsWhatItAcknowledged) {
  ASSERT_EQ(shell("$CHILD create " + quoted()).output, "ok\n");
  // A file size limit (in units of 512 bytes) fails a write in its middle.
  const ShellResult writer =
      shell("ulimit -f 600; trap '' XFSZ; exec $CHILD write " + quoted() + " 2>&1");
  const std::uint64_t acknowledged = last_acknowledged(writer.output);
  EXPECT_GT(acknowledged, 10u);
  EXPECT_EQ(writer.exit_code, 1) << writer.output;
  EXPECT_NE(writer.output.find("error store_failed The store can't be written (File too large).\n"
                               "then store_failed The store stopped after a write error. Close it "
                               "and open it again. The error was: The store can't be written "
                               "(File too large).\n"),
            std::string::npos)
      << writer.output.substr(writer.output.size() -
                              std::min<std::size_t>(400, writer.output.size()));
  EXPECT_EQ(check(acknowledged).rfind("ok ", 0), 0u) << check(acknowledged);
}

TEST_F(RocksDbCrash, AFullDiskIsAClearErrorAndLosesNothingAcknowledged) {
  const std::string in =
      "cd '" + folder_.path() + "'; mkdir -p disk; export CHILD; unshare -m sh -c '";
  if (shell(in + "mount -t tmpfs none disk' 2>&1").exit_code != 0) {
    GTEST_SKIP() << "mounting is not permitted here: a full disk is not tried";
  }
  const ShellResult result = shell(in + R"(
      mount -t tmpfs -o size=5m none disk && $CHILD create disk/s && $CHILD write disk/s > said
      echo "writer $?"; tail -n 2 said; $CHILD open disk/s
      mount -o remount,size=64m disk; $CHILD check disk/s $(grep -c "^[0-9]*$" said)')");
  std::ifstream said(folder_.path() + "/said");
  const std::uint64_t acknowledged = last_acknowledged({std::istreambuf_iterator<char>(said), {}});
  EXPECT_GT(acknowledged, 50u);
  const std::string full = "There is no space left for the store.\n";
  // Before there is space again, the store may open with what the write-ahead log holds, or report
  // why not.
  const std::string start = "ok\nwriter 1\nerror disk_full " + full +
                            "then store_failed The store stopped after a write error. Close it "
                            "and open it again. The error was: " +
                            full;
  ASSERT_EQ(result.output.substr(0, start.size()), start);
  const std::string rest = result.output.substr(start.size());
  const std::size_t line = rest.find('\n') + 1;
  const std::string opened = rest.substr(0, line);
  EXPECT_TRUE(opened == "ok\n" || opened.rfind("error disk_full There is no space left", 0) == 0)
      << opened;
  const std::uint64_t kept =
      rest.rfind("ok ", line) == line ? std::strtoull(rest.c_str() + line + 3, nullptr, 10) : 0;
  EXPECT_GE(kept, acknowledged) << rest;
  EXPECT_LE(kept, acknowledged + 1) << rest;
}

/// Flips one bit of `text`, which occurs once in the tables of the store.
bool turn_a_bit_at(const std::string& store, const std::string& text) {
  for (const auto& entry : fs::directory_iterator(store + "/db")) {
    if (entry.path().extension() != ".sst") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    const std::size_t at = content.find(text);
    if (at == std::string::npos) continue;
    content[at] = static_cast<char>(content[at] ^ 1);
    std::ofstream(entry.path(), std::ios::binary | std::ios::trunc) << content;
    return true;
  }
  return false;
}

class RocksDbTurnedBit : public RocksDbCrash {
 protected:
  static std::string key(int i) { return "key " + std::to_string(100000 + i); }

  void SetUp() override {
    {
      const auto store = open_rocksdb(path_, OpenMode::create, options_).value();
      Batch batch;
      for (int i = 0; i < 2000; ++i) {
        batch.put(Family::log, key(i),
                  "value " + std::to_string(100000 + i) + std::string(80, '.'));
      }
      ASSERT_TRUE(store->commit(batch, Durability::synced));
    }
    ASSERT_TRUE(turn_a_bit_at(path_, "value 101000"));
    auto opened = open_rocksdb(path_, OpenMode::existing, options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    store_ = std::move(opened).value();
  }

  RocksDbOptions options_{.memtable_bytes = 64 * 1024};
  std::unique_ptr<Store> store_;
};

TEST_F(RocksDbTurnedBit, ReadsThatTouchItSaySoAndOthersGoOn) {
  const auto read = store_->get(Family::log, key(1000));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code(), ErrorCode::corrupt);
  EXPECT_EQ(read.error().message(), "A stored record is damaged.");
  EXPECT_TRUE(store_->get(Family::log, key(0))->has_value());
  EXPECT_TRUE(store_->get(Family::log, key(1999))->has_value());

  const std::vector<Bytes> names = {key(0), key(1000)};
  const std::vector<BytesView> asked(names.begin(), names.end());
  EXPECT_EQ(store_->multi_get(Family::log, asked).error().code(), ErrorCode::corrupt);
}

TEST_F(RocksDbTurnedBit, AScanThatReachesItEndsWithAnError) {
  int seen = 0;
  const auto iterator = store_->scan(Family::log, "", "");
  for (; iterator->valid(); iterator->next()) ++seen;
  ASSERT_FALSE(iterator->status().has_value());
  EXPECT_EQ(iterator->status().error().code(), ErrorCode::corrupt);
  EXPECT_GT(seen, 0);
  EXPECT_LT(seen, 1001);
  EXPECT_TRUE(store_->scan(Family::log, key(1500), "")->valid());
}

TEST_F(RocksDbTurnedBit, WritingGoesOnThoughCompactionFindsTheDamage) {
  for (int round = 0; round < 60; ++round) {
    Batch batch;
    for (int i = 0; i < 1000; ++i) {
      batch.put(Family::log, key(i * 2 + round % 2), "new value" + std::string(80, '.'));
    }
    const Status status = store_->commit(batch, Durability::buffered);
    ASSERT_TRUE(status.has_value()) << round << ": " << status.error().message();
  }
  EXPECT_TRUE(store_->sync().has_value());
  EXPECT_FALSE(store_->failed());
}

}  // namespace
}  // namespace relais::store

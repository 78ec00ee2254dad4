// The folder of a store with damaged files: opening gives an error or a store; the store returns
// only what was written once, and can be written and opened again. docs/spec/store.md, "Damage".
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include "base/check.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "store/rocksdb/rocksdb_store.h"

namespace relais::fuzz {
namespace {

namespace fs = std::filesystem;
using store::Batch;
using store::Durability;
using store::Family;
using store::OpenMode;
using store::Store;

constexpr store::RocksDbOptions kOptions{.cache_bytes = 1 << 20, .memtable_bytes = 64 * 1024};
constexpr int kCommits = 12;

Bytes key_of(int commit) { return "key " + std::to_string(commit % 5); }
Bytes value_of(int commit) {
  return "value " + std::to_string(commit) + Bytes(static_cast<std::size_t>(commit) * 40, 'v');
}

/// In memory if possible: the cost of fsync is not tested here.
std::string temporary_folder() {
  const fs::path memory = "/dev/shm";
  std::error_code none;
  const fs::path parent = fs::is_directory(memory, none) ? memory : fs::temp_directory_path();
  std::string path = parent / "relais-fuzz-XXXXXX";
  RELAIS_CHECK(::mkdtemp(path.data()) != nullptr);
  return path;
}

Bytes read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The files of a store, some commits in tables and the rest in the write-ahead log, as a power cut
/// leaves them.
std::map<std::string, Bytes> make_files() {
  const std::string root = temporary_folder();
  const std::string path = root + "/store";
  const auto commit = [&](Store& disk, int number) {
    Batch batch;
    for (const Family family : {Family::meta, Family::documents}) {
      batch.put(family, key_of(number), value_of(number));
    }
    RELAIS_CHECK(disk.commit(batch, Durability::synced).has_value());
  };
  {
    const auto disk = open_rocksdb(path, OpenMode::create, kOptions).value();
    for (int i = 0; i < kCommits / 2; ++i) commit(*disk, i);
  }
  auto disk = open_rocksdb(path, OpenMode::existing, kOptions).value();
  for (int i = kCommits / 2; i < kCommits; ++i) commit(*disk, i);
  std::map<std::string, Bytes> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), path)] = read(entry.path());
  }
  disk.reset();  // not earlier, so that the copy has nothing flushed by closing
  fs::remove_all(root);
  return files;
}

const std::map<std::string, Bytes>& files() {
  static const auto kFiles = make_files();
  return kFiles;
}

/// Writes those files to a folder, some of them changed, truncated or missing.
void write_damaged(Input& input, const std::string& path) {
  std::map<std::string, Bytes> some = files();
  for (std::size_t times = 1 + input.below(3); times > 0; --times) {
    auto file = std::next(some.begin(), static_cast<std::ptrdiff_t>(input.below(some.size())));
    if (input.below(16) == 15) {
      some.erase(file);
    } else {
      mutate(input, file->second);
    }
  }
  fs::create_directories(path + "/db");
  for (const auto& [name, content] : some) {
    std::ofstream(path + "/" + name, std::ios::binary) << content;
  }
}

/// Everything readable was written once.
void check_content(const Store& disk) {
  for (const Family family : {Family::meta, Family::documents, Family::log}) {
    auto iterator = disk.scan(family, {}, {});
    for (; iterator->valid(); iterator->next()) {
      bool written = false;
      for (int i = 0; i < kCommits; ++i) {
        written = written || (iterator->key() == key_of(i) && iterator->value() == value_of(i));
      }
      RELAIS_CHECK(written);
    }
    if (!iterator->status()) check_error(iterator->status().error());
  }
}

void check_goes_on(const std::string& path, std::unique_ptr<Store> disk) {
  Batch batch;
  batch.put(Family::held, "afterwards", "kept");
  const Status done = disk->commit(batch, Durability::synced);
  disk.reset();
  if (!done) return check_error(done.error());
  const auto again = open_rocksdb(path, OpenMode::existing, kOptions);
  if (!again) return check_error(again.error());
  const auto kept = (*again)->get(Family::held, "afterwards");
  RELAIS_CHECK(!kept || *kept == "kept");
}

}  // namespace

void run(Input& input) {
  const std::string root = temporary_folder();
  const std::string path = root + "/store";
  const bool goes_on = input.chance();
  write_damaged(input, path);
  auto disk = open_rocksdb(path, OpenMode::existing, kOptions);
  if (disk) {
    check_content(**disk);
    if (goes_on) check_goes_on(path, std::move(*disk));
  } else {
    check_error(disk.error());
  }
  disk = Error(ErrorCode::closed, "closed before its files go");
  fs::remove_all(root);
}

}  // namespace relais::fuzz

// A process of its own that the tests of the store on a disk start, kill and fill the disk under.
//   store_child create|open PATH     says "ok", or "error CODE MESSAGE"
//   store_child write PATH           commits synced batches for ever, says the number of each
//   store_child check PATH N         all batches up to N or more are there, whole: "ok LAST"
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/coding.h"
#include "store/rocksdb/rocksdb_store.h"

namespace relais::store {
namespace {

constexpr std::uint64_t kBlocksPerBatch = 10;

void say(const std::string& text) {
  const std::string line = text + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(4);
}

int fail(const std::string& what, const Error& error) {
  say(what + " " + std::string(to_string(error.code())) + " " + error.message());
  return 1;
}

Bytes block_key(std::uint64_t number) {
  Bytes key;
  put_u32(key, 1);
  put_u64(key, number);
  return key;
}

Bytes block(std::uint64_t number) {
  Bytes value;
  while (value.size() < 400) put_u64(value, number * 0x9e3779b97f4a7c15 + value.size());
  return value;
}

Result<std::uint64_t> last_batch(const Store& store) {
  auto value = store.get(Family::meta, "last");
  if (!value) return value.error();
  return *value ? Reader(**value).u64() : 0;
}

Batch numbered(std::uint64_t n) {
  Batch batch;
  for (std::uint64_t i = 0; i < kBlocksPerBatch; ++i) {
    const std::uint64_t number = n * kBlocksPerBatch + i;
    batch.put(Family::log, block_key(number), block(number));
  }
  batch.put(Family::documents, std::to_string(n * 7919), std::to_string(n));
  Bytes last;
  put_u64(last, n);
  batch.put(Family::meta, "last", last);
  return batch;
}

int write(Store& store) {
  const auto last = last_batch(store);
  if (!last) return fail("error", last.error());
  for (std::uint64_t n = *last + 1;; ++n) {
    const Status status = store.commit(numbered(n), Durability::synced);
    if (status) {
      say(std::to_string(n));
      continue;
    }
    fail("error", status.error());
    const Status again = store.commit(numbered(n), Durability::synced);
    return again ? 5 : fail("then", again.error());
  }
}

int check(const Store& store, std::uint64_t acknowledged) {
  const auto last = last_batch(store);
  if (!last) return fail("error", last.error());
  std::uint64_t expected = kBlocksPerBatch;
  const auto iterator = store.scan(Family::log, "", "");
  for (; iterator->valid(); iterator->next(), ++expected) {
    if (iterator->key() != block_key(expected) || iterator->value() != block(expected)) break;
  }
  if (!iterator->status()) return fail("error", iterator->status().error());
  const bool whole = !iterator->valid() && expected == (*last + 1) * kBlocksPerBatch;
  for (std::uint64_t n = 1; n <= *last; ++n) {
    const auto document = store.get(Family::documents, std::to_string(n * 7919));
    if (!document || *document != std::to_string(n)) return say("document lost"), 1;
  }
  if (!whole || *last < acknowledged) return say("lost after " + std::to_string(*last)), 1;
  say("ok " + std::to_string(*last));
  return 0;
}

int run(const std::string& command, const std::string& path, std::uint64_t number) {
  auto store = open_rocksdb(path, command == "create" ? OpenMode::create : OpenMode::existing);
  if (!store) return fail("error", store.error());
  if (command == "write") return write(**store);
  if (command == "check") return check(**store, number);
  say("ok");
  return 0;
}

}  // namespace
}  // namespace relais::store

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  return relais::store::run(argv[1], argv[2], argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0);
}

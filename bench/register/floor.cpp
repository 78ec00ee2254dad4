#include "floor.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "support/measure.h"

namespace bench {
namespace {

double one_run(const std::string& folder, std::string_view text) {
  std::filesystem::remove_all(folder);
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, folder, &opened).ok()) fail("the floor's database doesn't open");
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions durable;
  durable.sync = true;

  const Timer timer;
  rocksdb::WriteBatch batch;
  const auto commit = [&] {
    if (!db->Write(durable, &batch).ok()) fail("the floor's database doesn't take a batch");
    batch.Clear();
  };
  std::string key;
  each_row(text, [&](const Row& row) {
    key.assign(row.collection).append("/").append(row.id);
    batch.Put(key, rocksdb::Slice(row.doc.data(), row.doc.size()));
    if (batch.Count() == 1000) commit();
  });
  commit();
  return timer.seconds();
}

}  // namespace

double floor_seconds(const std::string& folder, std::string_view text, int runs) {
  std::vector<double> seconds;
  seconds.reserve(static_cast<std::size_t>(runs));
  for (int i = 0; i < runs; ++i) seconds.push_back(one_run(folder, text));
  std::filesystem::remove_all(folder);
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace bench

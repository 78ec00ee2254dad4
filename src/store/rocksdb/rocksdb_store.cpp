#include "store/rocksdb/rocksdb_store.h"

#include <utility>

#include "base/check.h"
#include "base/try.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/rocksdb_error.h"

namespace relais::store {
namespace {

class RocksIterator final : public Iterator {
 public:
  RocksIterator(std::shared_ptr<Database> database, rocksdb::ReadOptions options, Family family,
                BytesView from, BytesView to)
      : database_(std::move(database)), to_(to), end_(slice(to_)) {
    if (!to_.empty()) options.iterate_upper_bound = &end_;
    iterator_.reset(database_->db().NewIterator(options, database_->family(family)));
    iterator_->Seek(slice(from));
  }

  bool valid() const override { return iterator_->Valid(); }
  void next() override {
    RELAIS_CHECK(valid());
    iterator_->Next();
  }
  BytesView key() const override { return view(iterator_->key()); }
  BytesView value() const override { return view(iterator_->value()); }
  Status status() const override {
    const rocksdb::Status status = iterator_->status();
    if (status.ok()) return {};
    return read_error(status);
  }

 private:
  std::shared_ptr<Database> database_;  // must outlive `iterator_`
  const Bytes to_;
  const rocksdb::Slice end_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

Result<bool> read(const Database& database, const rocksdb::ReadOptions& options, Family family,
                  BytesView key, Bytes& out) {
  const rocksdb::Status status =
      database.db().Get(options, database.family(family), slice(key), &out);
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return read_error(status);
}

Result<std::vector<std::optional<Bytes>>> read_all(const Database& database,
                                                   const rocksdb::ReadOptions& options,
                                                   Family family, std::span<const BytesView> keys) {
  std::vector<std::optional<Bytes>> values(keys.size());
  if (keys.empty()) return values;
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const BytesView key : keys) slices.push_back(slice(key));
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database.db().MultiGet(options, database.family(family), keys.size(), slices.data(), found.data(),
                         statuses.data());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      values[i].emplace(found[i].data(), found[i].size());
    } else if (!statuses[i].IsNotFound()) {
      return read_error(statuses[i]);
    }
  }
  return values;
}

class RocksSnapshot final : public Reads {
 public:
  explicit RocksSnapshot(std::shared_ptr<Database> database)
      : database_(std::move(database)), snapshot_(database_->db().GetSnapshot()) {
    options_.snapshot = snapshot_;
  }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;
  ~RocksSnapshot() override { database_->db().ReleaseSnapshot(snapshot_); }

  Result<bool> get_into(Family family, BytesView key, Bytes& out) const override {
    return read(*database_, options_, family, key, out);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(
      Family family, std::span<const BytesView> keys) const override {
    return read_all(*database_, options_, family, keys);
  }
  std::unique_ptr<Iterator> scan(Family family, BytesView from, BytesView to) const override {
    return std::make_unique<RocksIterator>(database_, options_, family, from, to);
  }

 private:
  std::shared_ptr<Database> database_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::ReadOptions options_;
};

class RocksStore final : public Store {
 public:
  explicit RocksStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<bool> get_into(Family family, BytesView key, Bytes& out) const override {
    return read(*database_, {}, family, key, out);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(
      Family family, std::span<const BytesView> keys) const override {
    return read_all(*database_, {}, family, keys);
  }
  std::unique_ptr<Iterator> scan(Family family, BytesView from, BytesView to) const override {
    return std::make_unique<RocksIterator>(database_, rocksdb::ReadOptions(), family, from, to);
  }

  std::unique_ptr<Reads> snapshot() const override {
    return std::make_unique<RocksSnapshot>(database_);
  }
  Status commit(const Batch& batch, Durability durability) override {
    return database_->write(batch, durability == Durability::synced);
  }
  Status sync() override { return database_->sync(); }
  bool failed() const override { return database_->failed(); }
  Status check_files() const override {
    const rocksdb::Status status = database_->db().VerifyChecksum(rocksdb::ReadOptions());
    return status.ok() ? Status() : read_error(status);
  }

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_rocksdb(const std::string& path, OpenMode mode,
                                            const RocksDbOptions& options) {
  RELAIS_ASSIGN(StoreFolder folder,
                mode == OpenMode::create ? StoreFolder::create(path) : StoreFolder::open(path));
  RELAIS_ASSIGN(auto database, Database::open(std::move(folder), mode, options));
  return std::unique_ptr<Store>(std::make_unique<RocksStore>(std::move(database)));
}

}  // namespace relais::store

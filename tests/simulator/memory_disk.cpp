#include "base/check.h"
#include "simulator/disk.h"
#include "store/memory/memory_store.h"

namespace relais::simulator {
namespace {

void copy_all(const store::Reads& from, store::Store& to) {
  store::Batch batch;
  for (std::size_t i = 0; i < store::kFamilyCount; ++i) {
    const auto family = static_cast<store::Family>(i);
    const auto iterator = from.scan(family, {}, {});
    for (; iterator->valid(); iterator->next())
      batch.put(family, iterator->key(), iterator->value());
    RELAIS_CHECK(iterator->status().has_value());
  }
  RELAIS_CHECK(to.commit(batch, store::Durability::synced).has_value());
}

class MemoryDisk final : public Disk {
 public:
  Result<std::unique_ptr<store::Store>> open() override { return disk_.open(); }

  void cut_power(testing::Chance& chance) override {
    disk_.crash(chance.below(disk_.buffered_commits() + 1));
  }

  Status failing(WriteError error, const std::function<Status()>& write) override {
    const bool full = error == WriteError::disk_full;
    disk_.fail_writes(
        {0, full ? ErrorCode::disk_full : ErrorCode::store_failed, error == WriteError::landed});
    return write();
  }

  std::shared_ptr<Disk> copy(const store::Reads& contents) override {
    auto copy = std::make_shared<MemoryDisk>();
    copy_all(contents, *copy->open().value());
    return copy;
  }

 private:
  store::MemoryDisk disk_;
};

class MemoryDisks final : public Disks {
 public:
  std::shared_ptr<Disk> make(const testing::Chance&) override {
    return std::make_shared<MemoryDisk>();
  }
};

}  // namespace

std::unique_ptr<Disks> make_memory_disks() { return std::make_unique<MemoryDisks>(); }

std::unique_ptr<Disks> make_disks(StoreKind kind, Counts& counts) {
  return kind == StoreKind::memory ? make_memory_disks() : make_rocksdb_disks(counts);
}

}  // namespace relais::simulator

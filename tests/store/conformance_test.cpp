#include "conformance/store_conformance.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/temporary_folder.h"

namespace relais::store {
namespace {

class MemoryPlace final : public Place {
 public:
  Result<std::unique_ptr<Store>> open() override { return disk_.open(); }

 private:
  MemoryDisk disk_;
};

class RocksDbPlace final : public Place {
 public:
  Result<std::unique_ptr<Store>> open() override {
    const OpenMode mode = created_ ? OpenMode::existing : OpenMode::create;
    created_ = true;
    return open_rocksdb(folder_.path() + "/store", mode);
  }

 private:
  TemporaryFolder folder_;
  bool created_ = false;
};

template <class P>
std::unique_ptr<Place> make() {
  return std::make_unique<P>();
}

INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance, testing::Values(&make<MemoryPlace>));
INSTANTIATE_TEST_SUITE_P(RocksDb, StoreConformance, testing::Values(&make<RocksDbPlace>));

}  // namespace
}  // namespace relais::store

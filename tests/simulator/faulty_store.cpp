#include "simulator/faulty_store.h"

#include "base/try.h"

namespace relais::simulator {
namespace {

class FaultyStore final : public store::Store {
 public:
  FaultyStore(std::unique_ptr<store::Store> inner, store::MemoryDisk& disk, WriteFaults faults)
      : inner_(std::move(inner)), disk_(disk), faults_(std::move(faults)) {}

  Result<bool> get_into(store::Family family, BytesView key, Bytes& out) const override {
    return inner_->get_into(family, key, out);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(
      store::Family family, std::span<const BytesView> keys) const override {
    return inner_->multi_get(family, keys);
  }
  std::unique_ptr<store::Cursor> scan(store::Family family, BytesView from,
                                      BytesView to) const override {
    return inner_->scan(family, from, to);
  }
  std::unique_ptr<store::Reads> snapshot() const override { return inner_->snapshot(); }
  bool failed() const override { return inner_->failed(); }

  Status commit(const store::Batch& batch, store::Durability durability) override {
    const bool synced = durability == store::Durability::synced;
    return meet(synced ? WritePoint::synced_commit : WritePoint::buffered_commit,
                [&] { return inner_->commit(batch, durability); });
  }
  Status sync() override {
    return meet(WritePoint::sync, [&] { return inner_->sync(); });
  }

 private:
  template <class Write>
  Status meet(WritePoint point, const Write& write) {
    const WriteFate fate = faults_.fate(point);
    switch (fate) {
      case WriteFate::disk_full: disk_.fail_writes({0, ErrorCode::disk_full, false}); break;
      case WriteFate::fails: disk_.fail_writes({0, ErrorCode::store_failed, false}); break;
      case WriteFate::fails_landed: disk_.fail_writes({0, ErrorCode::store_failed, true}); break;
      default: break;
    }
    if (fate == WriteFate::power_before) cut_power();
    Status written = write();
    if (fate == WriteFate::power_after) cut_power();
    return written;
  }
  void cut_power() {
    disk_.crash(faults_.kept(disk_.buffered_commits()));
    faults_.on_power_cut();
  }

  std::unique_ptr<store::Store> inner_;
  store::MemoryDisk& disk_;
  WriteFaults faults_;
};

}  // namespace

Result<std::unique_ptr<store::Store>> open_faulty(store::MemoryDisk& disk, WriteFaults faults) {
  RELAIS_ASSIGN(auto inner, disk.open());
  return std::unique_ptr<store::Store>(
      std::make_unique<FaultyStore>(std::move(inner), disk, std::move(faults)));
}

}  // namespace relais::simulator

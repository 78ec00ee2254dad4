#include "simulator/faulty_store.h"

#include "base/try.h"

namespace relais::simulator {
namespace {

class FaultyStore final : public store::Store {
 public:
  FaultyStore(std::unique_ptr<store::Store> inner, Disk& disk, WriteFaults faults)
      : inner_(std::move(inner)), disk_(disk), faults_(std::move(faults)) {}

  Result<bool> get_into(store::Family family, BytesView key, Bytes& out) const override {
    RELAIS_TRY(check_power());
    return inner_->get_into(family, key, out);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(
      store::Family family, std::span<const BytesView> keys) const override {
    RELAIS_TRY(check_power());
    return inner_->multi_get(family, keys);
  }
  std::unique_ptr<store::Iterator> scan(store::Family family, BytesView from,
                                        BytesView to) const override {
    return inner_->scan(family, from, to);
  }
  std::unique_ptr<store::Reads> snapshot() const override { return inner_->snapshot(); }
  bool failed() const override { return faults_.powered.expired() || inner_->failed(); }

  Status commit(const store::Batch& batch, store::Durability durability) override {
    const bool synced = durability == store::Durability::synced;
    return perform(synced ? WritePoint::synced_commit : WritePoint::buffered_commit,
                   [&] { return inner_->commit(batch, durability); });
  }
  Status sync() override {
    return perform(WritePoint::sync, [&] { return inner_->sync(); });
  }

 private:
  Status check_power() const {
    if (!faults_.powered.expired()) return {};
    return Error(ErrorCode::closed, "The store was closed.");
  }

  template <class Write>
  Status perform(WritePoint point, const Write& write) {
    RELAIS_TRY(check_power());
    if (inner_->failed())
      return write();  // a stopped store fails anyway; a fault would stay for the next opening
    switch (faults_.outcome(point)) {
      case WriteOutcome::lands: return write();
      case WriteOutcome::disk_full: return disk_.failing(WriteError::disk_full, write);
      case WriteOutcome::fails: return disk_.failing(WriteError::fails, write);
      case WriteOutcome::fails_landed: return disk_.failing(WriteError::landed, write);
      case WriteOutcome::power_before: faults_.cut_power(); return check_power();
      case WriteOutcome::power_after: break;
    }
    Status written = write();
    faults_.cut_power();
    return written;
  }

  std::unique_ptr<store::Store> inner_;
  Disk& disk_;
  WriteFaults faults_;
};

}  // namespace

std::unique_ptr<store::Store> make_faulty(std::unique_ptr<store::Store> inner, Disk& disk,
                                          WriteFaults faults) {
  return std::make_unique<FaultyStore>(std::move(inner), disk, std::move(faults));
}

}  // namespace relais::simulator

#include "torture/weak_store.h"

namespace relais::torture {
namespace {

using store::Batch;
using store::Durability;
using store::Family;

class NeverSynced final : public store::Store {
 public:
  explicit NeverSynced(std::unique_ptr<store::Store> inner) : inner_(std::move(inner)) {}

  Result<bool> get_into(Family family, BytesView key, Bytes& out) const override {
    return inner_->get_into(family, key, out);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(
      Family family, std::span<const BytesView> keys) const override {
    return inner_->multi_get(family, keys);
  }
  std::unique_ptr<store::Iterator> scan(Family family, BytesView from,
                                        BytesView to) const override {
    return inner_->scan(family, from, to);
  }
  std::unique_ptr<store::Reads> snapshot() const override { return inner_->snapshot(); }
  bool failed() const override { return inner_->failed(); }

  Status commit(const Batch& batch, Durability) override {
    return inner_->commit(batch, Durability::buffered);
  }
  Status sync() override { return {}; }

 private:
  std::unique_ptr<store::Store> inner_;
};

}  // namespace

std::optional<Control> parse_control(std::string_view name) {
  if (name.empty()) return Control::none;
  if (name == "no-sync") return Control::no_sync;
  if (name == "early-ack") return Control::early_ack;
  return std::nullopt;
}

std::unique_ptr<store::Store> weaken(std::unique_ptr<store::Store> store, Control control) {
  if (control == Control::no_sync) return std::make_unique<NeverSynced>(std::move(store));
  return store;
}

}  // namespace relais::torture

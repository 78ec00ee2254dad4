#include "store/batch.h"

#include "base/limits.h"

namespace relais::store {

void Batch::add(Kind kind, Family family, BytesView key, BytesView value) {
  const std::size_t value_limit =
      kind == Kind::put ? limits::kStoreValueBytes : limits::kStoreKeyBytes;
  if (key.size() > limits::kStoreKeyBytes || value.size() > value_limit) {
    too_long_ = true;
    return;
  }
  arena_.append(key).append(value);
  ops_.push_back({static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size()),
                  kind, family});
}

void Batch::remove_range(Family family, BytesView from, BytesView to) {
  if (!to.empty() && to <= from) return;
  add(Kind::remove_range, family, from, to);
}

void Batch::append(const Batch& other) {
  if (&other == this) {
    append(Batch(other));
    return;
  }
  arena_.append(other.arena_);
  ops_.insert(ops_.end(), other.ops_.begin(), other.ops_.end());
  too_long_ = too_long_ || other.too_long_;
}

void Batch::clear() {
  arena_.clear();
  ops_.clear();
  too_long_ = false;
}

Status Batch::check() const {
  if (too_long_) {
    return Error(ErrorCode::limit_exceeded, "A record is too large for the store.");
  }
  if (size_bytes() > limits::kStoreBatchBytes) {
    return Error(ErrorCode::limit_exceeded, "A batch is too large for the store.");
  }
  return {};
}

}  // namespace relais::store

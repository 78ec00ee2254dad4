#include "replica/projection/index_overlay.h"

#include <vector>

#include "base/try.h"

namespace relais::replica {

using store::Family;

Result<std::optional<Bytes>> IndexOverlay::get(BytesView key) const {
  const auto changed = changes_.find(key);
  if (changed != changes_.end()) return changed->second;
  return store_.get(Family::index, key);
}

void IndexOverlay::put(BytesView key, BytesView value) { changes_[Bytes(key)] = Bytes(value); }

void IndexOverlay::remove(BytesView key) { changes_[Bytes(key)] = std::nullopt; }

Status IndexOverlay::each(BytesView prefix, BytesView from, const Visit& visit) const {
  const auto cursor = store_.scan(Family::index, from, store::after_prefix(prefix));
  Bytes next(from);
  while (true) {
    const auto changed = changes_.lower_bound(next);
    const bool has_changed = changed != changes_.end() && changed->first.starts_with(prefix);
    while (cursor->valid() && cursor->key() < BytesView(next)) cursor->next();
    if (!cursor->valid()) RELAIS_TRY(cursor->status());
    if (!has_changed && !cursor->valid()) return {};
    const bool is_changed =
        has_changed && (!cursor->valid() || BytesView(changed->first) <= cursor->key());
    const Bytes key(is_changed ? BytesView(changed->first) : cursor->key());
    next = key + '\0';
    if (is_changed && !changed->second) continue;
    const Bytes value(is_changed ? BytesView(*changed->second) : cursor->value());
    RELAIS_ASSIGN(const bool more, visit(key, value));
    if (!more) return {};
  }
}

Result<bool> IndexOverlay::any(BytesView prefix) const {
  bool found = false;
  RELAIS_TRY(each(prefix, [&](BytesView, BytesView) -> Result<bool> {
    found = true;
    return false;
  }));
  return found;
}

Status IndexOverlay::remove_all(BytesView prefix) {
  std::vector<Bytes> keys;
  RELAIS_TRY(each(prefix, [&](BytesView key, BytesView) -> Result<bool> {
    keys.emplace_back(key);
    return true;
  }));
  for (const Bytes& key : keys) remove(key);
  return {};
}

void IndexOverlay::flush(store::Batch& batch) {
  for (const auto& [key, value] : changes_) {
    value ? batch.put(Family::index, key, *value) : batch.remove(Family::index, key);
  }
  changes_.clear();
}

}  // namespace relais::replica

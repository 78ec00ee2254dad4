#include "replica/projection/known_kinds.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::replica {

using store::Family;

namespace {

bool is_one(std::uint8_t kinds) { return (kinds & (kinds - 1)) == 0; }

}  // namespace

Result<KnownKinds::Collection*> KnownKinds::load(const Bytes& key) {
  const auto [at, is_new] = collections_.try_emplace(key);
  Collection& collection = at->second;
  if (!is_new) return &collection;
  const auto row = store_.get(Family::meta, key);
  if (!row && row.error().code() != ErrorCode::corrupt) return Error(row.error());
  if (row && !row->has_value()) return &collection;
  Reader in(row ? BytesView(**row) : BytesView("?"));
  while (in.ok() && !in.rest().empty()) {
    const std::uint32_t path = in.u32();
    collection.kinds[path] = in.byte();
  }
  // With a damaged row nothing is known, so each state is examined.
  collection.full = !in.ok();
  if (collection.full) collection.kinds.clear();
  return &collection;
}

Result<bool> KnownKinds::add(store::CompartmentNo compartment, const std::string& collection,
                             const std::vector<document::KindAt>& kinds) {
  RELAIS_ASSIGN(Collection * known, load(store::kinds_key(compartment, collection)));
  bool one_each = true;
  for (const document::KindAt& written : kinds) {
    auto at = known->kinds.find(written.path);
    if (at == known->kinds.end()) {
      if (known->full || known->kinds.size() == limits::kPathsOfCollection) {
        one_each = false;
        continue;
      }
      at = known->kinds.emplace(written.path, 0).first;
    }
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(written.kind));
    known->changed = known->changed || (at->second & bit) == 0;
    at->second |= bit;
    one_each = one_each && is_one(at->second);
  }
  return one_each;
}

void KnownKinds::write(store::Batch& batch) const {
  for (const auto& [key, collection] : collections_) {
    if (!collection.changed) continue;
    std::vector<std::pair<std::uint32_t, std::uint8_t>> rows(collection.kinds.begin(),
                                                             collection.kinds.end());
    std::sort(rows.begin(), rows.end());
    Bytes value;
    for (const auto& [path, kinds] : rows) {
      put_u32(value, path);
      value.push_back(static_cast<char>(kinds));
    }
    batch.put(Family::meta, key, value);
  }
}

}  // namespace relais::replica

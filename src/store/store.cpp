#include "store/store.h"

#include "base/try.h"

namespace relais::store {

Result<std::optional<Bytes>> Reads::get(Family family, BytesView key) const {
  Bytes value;
  RELAIS_ASSIGN(const bool found, get_into(family, key, value));
  if (!found) return std::optional<Bytes>();
  return std::optional<Bytes>(std::move(value));
}

std::unique_ptr<Iterator> Reads::scan_prefix(Family family, BytesView prefix) const {
  return scan(family, prefix, after_prefix(prefix));
}

Bytes after_prefix(BytesView prefix) {
  Bytes after(prefix);
  while (!after.empty() && static_cast<unsigned char>(after.back()) == 0xff) after.pop_back();
  if (!after.empty())
    after.back() = static_cast<char>(static_cast<unsigned char>(after.back()) + 1);
  return after;
}

}  // namespace relais::store

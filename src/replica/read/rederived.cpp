#include "replica/read/rederived.h"

#include <algorithm>

#include "base/try.h"

namespace relais::replica {

Result<Rederived> rederive(const ReadSource& from, BytesView key,
                           const store::DocumentRecord& record) {
  RELAIS_ASSIGN(const auto changes,
                from.documents().changes(from.control, from.store, key, record));
  Rederived derived;
  derived.applied.reserve(changes.size());
  for (const LocatedChange& each : changes) {
    RELAIS_TRY(derived.state.apply(each.change, each.position));
    derived.applied.push_back(each.at);
    const bool replaces = document::replaces_what_it_saw(each.change.ops);
    derived.has_non_writes = derived.has_non_writes || !replaces;
  }
  std::sort(derived.applied.begin(), derived.applied.end());
  return derived;
}

}  // namespace relais::replica

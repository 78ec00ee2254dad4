#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "document/kind_at.h"
#include "relais/result.h"
#include "store/store.h"
#include "store/tables/keys.h"

namespace relais::replica {

/// The kinds that were ever written at the paths of a collection's documents, so that most changes
/// are known to write no second kind at a path. May contain more than is applied.
/// docs/spec/store.md, "Document record". Threads: one at a time.
class KnownKinds {
 public:
  explicit KnownKinds(const store::Reads& store) : store_(store) {}

  /// Adds the kinds that a change writes. True: no other kind was ever written at its paths. False:
  /// one was, or that isn't known. Fails: store_failed.
  Result<bool> add(store::CompartmentNo compartment, const std::string& collection,
                   const std::vector<document::KindAt>& kinds);
  void write(store::Batch& batch) const;

 private:
  struct Collection {
    std::unordered_map<std::uint32_t, std::uint8_t> kinds;  ///< of a path: a bit each
    bool full = false;  ///< no room for another path, or the row is damaged
    bool changed = false;
  };
  Result<Collection*> load(const Bytes& key);

  const store::Reads& store_;
  std::map<Bytes, Collection> collections_;
};

}  // namespace relais::replica

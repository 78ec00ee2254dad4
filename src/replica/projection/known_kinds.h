#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "document/kind_at.h"
#include "relais/result.h"
#include "store/store.h"
#include "store/tables/keys.h"

namespace relais::replica {

/// Which kinds were ever written where in the documents of a collection: so that of most changes it
/// can be said, without their documents, that they write no second kind at a path. It knows all
/// that was filed, and may know more. docs/spec/store.md, "Document record".
/// Threads: one at a time.
class KnownKinds {
 public:
  explicit KnownKinds(const store::Reads& store) : store_(store) {}

  /// Adds what a change of the collection writes. True: wherever it writes, no other kind was ever
  /// written. False: one was, or it can't be told. Fails: store_failed.
  Result<bool> add(store::CompartmentNo compartment, const std::string& collection,
                   const std::vector<document::KindAt>& kinds);
  void write(store::Batch& batch) const;

 private:
  struct Collection {
    std::unordered_map<std::uint32_t, std::uint8_t> kinds;  ///< of a path: a bit each
    bool full = false;                                      ///< or its row can't be read
    bool changed = false;
  };
  Result<Collection*> load(const Bytes& key);

  const store::Reads& store_;
  std::map<Bytes, Collection> collections_;
};

}  // namespace relais::replica

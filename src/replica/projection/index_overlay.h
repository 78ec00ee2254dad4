#pragma once

#include <functional>
#include <map>
#include <optional>

#include "store/store.h"

namespace relais::replica {

/// The store's index family including the changes of an uncommitted batch.
/// Threads: one at a time.
class IndexOverlay {
 public:
  explicit IndexOverlay(const store::Reads& store) : store_(store) {}

  Result<std::optional<Bytes>> get(BytesView key) const;
  void put(BytesView key, BytesView value);
  void remove(BytesView key);
  /// Calls `visit(key, value)` for each key from `from` on that begins with `prefix`, in order,
  /// until it returns false. Keys that `visit` writes may be visited.
  using Visit = std::function<Result<bool>(BytesView key, BytesView value)>;
  Status each(BytesView prefix, BytesView from, const Visit& visit) const;
  Status each(BytesView prefix, const Visit& visit) const { return each(prefix, prefix, visit); }
  Result<bool> any(BytesView prefix) const;
  Status remove_all(BytesView prefix);

  /// Moves all changes into the batch.
  void flush(store::Batch& batch);

 private:
  const store::Reads& store_;
  std::map<Bytes, std::optional<Bytes>, std::less<>> changes_;
};

}  // namespace relais::replica

#pragma once

#include <vector>

#include "replica/projection/projection_batch.h"

namespace relais::replica {

/// What a change waits for.
struct Wait {
  enum class For : std::uint8_t {
    position = 1,  ///< that the position is applied, or settled otherwise
    hash = 2,      ///< that the log is replaced: the change cites another hash than the log has
    before = 3,    ///< that the log's changes of the document before the position are settled
  };
  For what = For::position;
  document::Position on;
  std::uint32_t entry = 0;  ///< the index of the entry: those before it are resolved
};

/// A value of index::kWaiting. Fails: corrupt.
Result<Wait> decode_wait(BytesView bytes);

/// The values of index::kDependent.
inline constexpr char kWaits = 1;
inline constexpr char kDepends = 2;

/// The index of waiting changes and of dependencies: docs/spec/projection.md, "Waiting changes".
class WaitingIndex {
 public:
  explicit WaitingIndex(ProjectionBatch& ground) : batch_(ground), index_(ground.index) {}

  /// Lists the first waiting change of an author; a change queued behind it.
  Status put_first(const DocumentSlot& slot, const store::LocalPosition& change, const Wait& wait);
  void put_behind(const DocumentSlot& slot, const store::LocalPosition& change);
  /// What the change waits for. Nothing: it doesn't wait, or is queued behind another.
  Result<std::optional<Wait>> first(const DocumentSlot& slot, const store::LocalPosition& change);
  Result<bool> waits(const DocumentSlot& slot, const store::LocalPosition& change);
  Status remove(const DocumentSlot& slot, const store::LocalPosition& change);
  /// The seq of the log's first waiting change after `after`; 0: none.
  Result<std::uint64_t> next(const DocumentSlot& slot, store::LogNo log, std::uint64_t after);

  /// The change's document is to be rebuilt when that position is judged again.
  Status depend(const DocumentSlot& slot, const store::LocalPosition& change,
                const document::Position& on);

  /// Changes that wait for a position, and documents that depend on it.
  struct Dependents {
    std::vector<store::ChangeName> waiting;
    std::vector<Bytes> documents;
  };
  Result<Dependents> of(store::CompartmentNo compartment, const document::Position& position);
  /// The same for all positions of an author after `seq`.
  Result<Dependents> beyond(store::CompartmentNo compartment, const AuthorId& author,
                            std::uint64_t seq);
  /// Changes that wait until the log's changes of the document up to `up_to` are settled.
  Result<std::vector<store::ChangeName>> queued(const DocumentSlot& slot, store::LogNo log,
                                                std::uint64_t up_to);

  /// Removes all that is listed of the document, also under other positions.
  Status remove_all(const DocumentSlot& slot);

 private:
  Result<Dependents> in_range(const Bytes& prefix, std::uint64_t first, std::uint64_t last);
  Result<bool> any(store::CompartmentNo compartment, const AuthorId& author);
  Result<Bytes> row_of(const DocumentSlot& slot, const store::LocalPosition& change,
                       const Wait& wait) const;

  ProjectionBatch& batch_;
  IndexOverlay& index_;
  std::map<std::pair<store::CompartmentNo, AuthorId>, bool> any_;
};

}  // namespace relais::replica

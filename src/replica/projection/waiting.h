#pragma once

#include <vector>

#include "replica/projection/ground.h"

namespace relais::replica {

/// What a change waits for.
struct Wait {
  enum class For : std::uint8_t {
    place = 1,   ///< that it is applied, or settled otherwise
    hash = 2,    ///< that the log there is another one: it cites another hash than the log has
    before = 3,  ///< that its author's changes of the document up to it are settled
  };
  For what = For::place;
  document::Position on;
  std::uint32_t entry = 0;  ///< of the change's: those before it are resolved
};

/// A value of index::kWaiting. Fails: corrupt.
Result<Wait> decode_wait(BytesView bytes);

/// The values of index::kDependent.
inline constexpr char kWaits = 1;
inline constexpr char kDepends = 2;

/// The indexes of who waits for what, and of who depends on what: docs/spec/projection.md, "Waiting
/// costs little".
class WaitingIndex {
 public:
  explicit WaitingIndex(ProjectionGround& ground) : ground_(ground), index_(ground.index) {}

  /// A change that is the first of its author's to wait; one behind such a change.
  Status put_first(const DocumentSlot& slot, const store::LocalPosition& change, const Wait& wait);
  void put_behind(const DocumentSlot& slot, const store::LocalPosition& change);
  /// What the change waits for. Nothing: it doesn't wait, or behind another one.
  Result<std::optional<Wait>> first(const DocumentSlot& slot, const store::LocalPosition& change);
  Result<bool> waits(const DocumentSlot& slot, const store::LocalPosition& change);
  Status remove(const DocumentSlot& slot, const store::LocalPosition& change);
  /// The first of a log's changes that wait, beyond a place; 0: none.
  Result<std::uint64_t> next(const DocumentSlot& slot, store::LogNo log, std::uint64_t after);

  /// The change's document is to be made anew once that place is judged again.
  Status depend(const DocumentSlot& slot, const store::LocalPosition& change,
                const document::Position& on);

  /// Changes that wait for the place, and documents that depend on it.
  struct Dependents {
    std::vector<store::ChangeName> waiting;
    std::vector<Bytes> documents;
  };
  Result<Dependents> of(store::CompartmentNo compartment, const document::Position& place);
  /// The same for all places of an author beyond one.
  Result<Dependents> beyond(store::CompartmentNo compartment, const AuthorId& author,
                            std::uint64_t seq);
  /// Changes that wait until a log's changes of the document up to a place are settled.
  Result<std::vector<store::ChangeName>> queued(const DocumentSlot& slot, store::LogNo log,
                                                std::uint64_t up_to);

  /// All that is listed of the document, here and under other places.
  Status remove_all(const DocumentSlot& slot);

 private:
  Result<Dependents> in_range(const Bytes& prefix, std::uint64_t first, std::uint64_t last);
  Result<bool> any(store::CompartmentNo compartment, const AuthorId& author);
  Result<Bytes> row_of(const DocumentSlot& slot, const store::LocalPosition& change,
                       const Wait& wait) const;

  ProjectionGround& ground_;
  IndexOverlay& index_;
  std::map<std::pair<store::CompartmentNo, AuthorId>, bool> any_;
};

}  // namespace relais::replica

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "document/change.h"
#include "document/types.h"

namespace relais::document {

/// One version of a value that no later write has seen.
struct Sibling {
  Value value;
  Dot dot;
  Stamp stamp;
  std::uint32_t rank = 0;  ///< of FieldKind::ranked
  Position change;         ///< its change's position in a log: State::place_of
};

/// A deletion, as its mark records it.
struct Deletion {
  std::string reason;  ///< of a void; empty: none
  Dot dot;
  Stamp stamp;
  Position change;  ///< its position in a log
};

/// A field with more than one version, or more than one kind at its path.
struct Conflict {
  Path path;
  FieldKind kind;                        ///< only registers have siblings
  std::vector<Sibling> siblings;         ///< the shown one first
  bool kinds_clash = false;              ///< another kind is live at this path
  bool revived = false;                  ///< a deletion and a write are concurrent
  std::vector<Deletion> deletions = {};  ///< if revived: the contested ones
  bool moved = false;                    ///< a list element with concurrent moves
};

/// A document's state in one compartment: a table of path + kind → field, and a context. A value
/// type. All merge rules are in this folder.
class State {
 public:
  State();
  State(const State&);
  State(State&&) noexcept;
  State& operator=(const State&);
  State& operator=(State&&) noexcept;
  ~State();

  /// Applies the change at `self`; idempotent. The caller applies an author's changes of one
  /// document in the order of their seq. Fails: invalid_argument if the change's context isn't
  /// covered (see `ready`).
  Status apply(const Change& change, const Position& self);
  bool ready(const ChangeHeader& change) const { return context().covers(change.context); }

  /// Settles a position whose change is unavailable (erased, quarantined, no key), so that later
  /// changes which build on it can be applied.
  void skip(const Position& position);

  /// Joins another state of the same document: commutative, associative, idempotent.
  void merge(const State& other);

  const Context& context() const;
  /// A change's position in a log: for a by-content change, its first carrier.
  Position place_of(const Position& change) const;
  /// True if nothing is shown (deleted or never written).
  bool empty() const;
  std::vector<Conflict> conflicts() const;
  bool has_conflicts() const;

  /// The same set of changes gives the same bytes, in any order of application.
  Bytes canonical() const;
  static Result<State> decode(BytesView bytes);

  struct Table;
  /// The table with marks settled: hidden items are in its hidden tree.
  const Table& table() const { return settled(); }
  Table& table() { return settled(); }

 private:
  Table& settled() const;

  std::unique_ptr<Table> table_;
};

}  // namespace relais::document

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
  Position change;         ///< where its change stands in a log: State::place_of
};

/// A mark: something was deleted.
struct Deletion {
  std::string reason;  ///< it was made void; empty: nothing was said
  Dot dot;
  Stamp stamp;
  Position change;  ///< where it stands in a log
};

/// A field with more than one version, or more than one kind at its path.
struct Conflict {
  Path path;
  FieldKind kind;                        ///< of the facet; registers have siblings
  std::vector<Sibling> siblings;         ///< the one to show first
  bool kinds_clash = false;              ///< another kind lives at this path too
  bool revived = false;                  ///< was deleted by one, while another wrote to it
  std::vector<Deletion> deletions = {};  ///< of what is revived: those that are contested
  bool moved = false;                    ///< an element of a list that two moved at once
};

/// A document's state in one compartment: a flat table of path + kind → field, and a context.
/// A value type: copying copies the state. Merge lives here and nowhere else.
class State {
 public:
  State();
  State(const State&);
  State(State&&) noexcept;
  State& operator=(const State&);
  State& operator=(State&&) noexcept;
  ~State();

  /// Applies the change at `self`. Applying a change again changes nothing. An author's changes of
  /// one document are applied in the order of their seq: the caller takes them from its log.
  /// Fails: invalid_argument if the change's context isn't covered yet (use `ready`).
  Status apply(const Change& change, const Position& self);
  bool ready(const ChangeHeader& change) const { return context().covers(change.context); }

  /// Settles a position whose change can't be had (erased, quarantined, no key): later changes
  /// that build on it can be applied.
  void skip(const Position& position);

  /// Joins another replica's state of the same document: commutes, associates, idempotent.
  void merge(const State& other);

  const Context& context() const;
  /// Where a change stands in a log: of a by-content change, its first carrier.
  Position place_of(const Position& change) const;
  /// No field, no conflict, nothing to show (deleted or never written).
  bool empty() const;
  std::vector<Conflict> conflicts() const;
  bool has_conflicts() const;

  /// The same set of changes gives the same bytes, in any order of application.
  Bytes canonical() const;
  static Result<State> decode(BytesView bytes);

  struct Table;
  /// As it is read: what marks hide stands apart.
  const Table& table() const { return settled(); }
  Table& table() { return settled(); }

 private:
  Table& settled() const;

  std::unique_ptr<Table> table_;
};

}  // namespace relais::document

#pragma once

#include <optional>

#include "simulator/model.h"

namespace relais::simulator {

/// An edit of one field, with its reading before and after.
struct Deed {
  Field field;
  Reading before;
  Reading after;
  std::string moved;  ///< the list element that it moved
};

/// The expected result of undoing it, from the reading before the undo: what it wrote is removed,
/// what it replaced or removed is restored, and what others wrote stays.
struct Undoing {
  std::vector<Sibling> mine;         ///< values that it wrote and that are still there
  std::vector<Sibling> again;        ///< values that it replaced or deleted
  std::vector<std::string> added;    ///< by it, and still there
  std::vector<std::string> removed;  ///< by it
  std::int64_t counted = 0;
  Reading result;
  bool is_hidden_by_others = false;  ///< a void of another user may still hide what is restored
  bool exact = false;  ///< the field was not touched since: it reads exactly as before

  /// It deleted values.
  bool restores() const { return mine.empty() && !again.empty(); }
  bool changes_something() const {
    return !mine.empty() || !again.empty() || !added.empty() || !removed.empty() || counted != 0;
  }
};

/// Nothing if a reader cannot tell the result: another user has written the same value, or wrote
/// where this edit deleted.
std::optional<Undoing> foresee_undo(const Deed& deed, const Reading& now);

}  // namespace relais::simulator

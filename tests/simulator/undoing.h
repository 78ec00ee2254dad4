#pragma once

#include <optional>

#include "simulator/model.h"

namespace relais::simulator {

/// What a user did to one field, as it was read before and after.
struct Deed {
  Field field;
  Reading before;
  Reading after;
  std::string moved;  ///< the list's element that it put elsewhere
};

/// What it must come to when its user takes the deed back, by what is read before that: what it
/// wrote goes, what it replaced or removed is there again, and what others wrote stays.
struct Undoing {
  std::vector<Sibling> mine;         ///< values that it wrote, and that stand
  std::vector<Sibling> again;        ///< values that it replaced or deleted
  std::vector<std::string> added;    ///< by it, and still there
  std::vector<std::string> removed;  ///< by it
  std::int64_t counted = 0;
  Reading result;
  bool is_hidden_by_others = false;  ///< another's void may hide still what comes again
  bool exact = false;  ///< nobody has touched the field since: it reads as before in every way

  /// The deed deleted values.
  bool restores() const { return mine.empty() && !again.empty(); }
  bool changes_something() const {
    return !mine.empty() || !again.empty() || !added.empty() || !removed.empty() || counted != 0;
  }
};

/// Nothing where who only reads can't tell what will be there: somebody else has written the same
/// value, or has written where the deed deleted.
std::optional<Undoing> foresee_undo(const Deed& deed, const Reading& now);

}  // namespace relais::simulator

#pragma once

#include <vector>

#include "model/history.h"

namespace relais::model {

/// For each change, what its context covers for a reader that has admitted these, of which only
/// `applied` are neither erased nor unreadable.
std::vector<Set> covers(const History& history, Set admitted, Set applied);

/// The same for one change, given the results of earlier ones.
Set cover_of(const History& history, const Change& change, const std::vector<Set>& found,
             Set admitted, Set applied);

/// For each change, the places its context names, admitted or not.
std::vector<Set> places(const History& history, const std::vector<Set>& found);

}  // namespace relais::model

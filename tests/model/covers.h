#pragma once

#include <vector>

#include "model/history.h"

namespace relais::model {

/// Per change, what its context covers, as a reader finds it who has admitted these, of which only
/// `applied` are neither erased nor unreadable.
std::vector<Set> covers(const History& history, Set admitted, Set applied);

/// The same of one change whose earlier ones are found already.
Set cover_of(const History& history, const Change& change, const std::vector<Set>& found,
             Set admitted, Set applied);

/// Per change, the places its context names, admitted or not.
std::vector<Set> places(const History& history, const std::vector<Set>& found);

}  // namespace relais::model

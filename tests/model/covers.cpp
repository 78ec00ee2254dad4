#include "model/covers.h"

namespace relais::model {
namespace {

/// The last place at or before this one whose change is in the set; seq 0 if none.
Place back_to(const History& history, Place place, Set set) {
  while (place.seq > 0 && !has(set, history.at(place))) --place.seq;
  return place;
}

/// What an entry for a place covers.
Set stands(const History& history, const Place& named, const std::vector<Set>& found, Set admitted,
           Set applied) {
  if (history.at(named) < 0) return 0;
  // Beyond a cut-off: everything up to the cut-off.
  const Place place = back_to(history, named, admitted);
  if (place.seq == 0) return 0;
  // An erased or unreadable change: itself, its log before it, and what its readable changes saw.
  const Place readable = back_to(history, place, applied);
  Set set = 0;
  if (readable != place) set |= history.prefix(place);
  if (readable.seq == 0) return set;
  const int number = history.at(readable);
  return set | found[static_cast<std::size_t>(number)] | bit(number);
}

Set holes_of(const History& history, const Change& change) {
  Set set = 0;
  for (const Place& place : change.holes) set |= bit(history.at(place));
  return set;
}

}  // namespace

Set cover_of(const History& history, const Change& change, const std::vector<Set>& found,
             Set admitted, Set applied) {
  const auto entry = [&](const Place& place) {
    return stands(history, place, found, admitted, applied);
  };
  Set set = entry({change.place.author, change.place.seq - 1});
  for (const Place& place : change.entries) {
    set |= change.is_whole ? history.prefix(place) : entry(place);
  }
  const Set named_here = named(change.ops).changes & admitted;
  for (int i = 0; i < history.size(); ++i) {
    if (has(named_here, i)) set |= entry(history.change(i).place);
  }
  return set & ~holes_of(history, change) & admitted;
}

std::vector<Set> covers(const History& history, Set admitted, Set applied) {
  std::vector<Set> found;
  found.reserve(history.changes().size());
  for (const Change& change : history.changes()) {
    found.push_back(cover_of(history, change, found, admitted, applied));
  }
  return found;
}

std::vector<Set> places(const History& history, const std::vector<Set>& found) {
  std::vector<Set> out;
  out.reserve(history.changes().size());
  for (const Change& change : history.changes()) {
    Set set = history.prefix({change.place.author, change.place.seq - 1});
    for (const Place& place : change.entries) set |= history.prefix(place);
    const Set saw = found[static_cast<std::size_t>(change.number)];
    for (int i = 0; i < change.number && !change.is_whole; ++i) {
      if (has(saw, i)) set |= out[static_cast<std::size_t>(i)];
    }
    out.push_back(set & ~holes_of(history, change));
  }
  return out;
}

}  // namespace relais::model

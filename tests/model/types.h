#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

// The rules for documents once more, in the plainest way: a document is a function of its changes.
// Nothing here knows of the library, so that what the library does can be compared with it. Not
// modelled: order within lists, texts, bytes, forks, limits.
namespace relais::model {

/// A set of a history's changes, of its by-content changes, or of its marks: a bit each, by number.
using Set = std::uint64_t;
inline constexpr int kMostChanges = 64;
/// From here on, numbers stand for C, the author of a by-content change.
inline constexpr int kContent = kMostChanges;

inline Set bit(int number) { return Set{1} << number; }
inline bool has(Set set, int number) { return (set >> number & 1) != 0; }

/// An op: the number of its change, or of its C, and its index there.
struct Dot {
  int unit = 0;
  int index = 0;
  auto operator<=>(const Dot&) const = default;
};
using Dots = std::vector<Dot>;  ///< in order

/// A name of one letter, or (name 0) the element that an insert made.
struct Step {
  char name = 0;
  Dot element;
  auto operator<=>(const Step&) const = default;
};
using Path = std::vector<Step>;

Path path_of(const std::string& names);  ///< "mx": the field x of the map m
bool below(const Path& path, const Path& top);
Path with(Path path, const Step& step);

enum class Verb {
  set,
  clear,  ///< removes a register's values
  del,    ///< Delete; with a reason, a void
  restore,
  make,
  keep,
  withdraw,  ///< repeats another's Restore, without a sign
  add,
  remove,
  count,  ///< the author's new total
  insert,
  move,
  nothing,  ///< in the place of a deletion that an adoption leaves out
};

struct Op {
  Verb verb = Verb::nothing;
  Path path;
  std::string text;         ///< a value, an element, a reason
  std::int64_t number = 0;  ///< a total, or where to
  Dots dots;                ///< of marks: what Restore and Withdraw take back, what Keep contests
  bool operator==(const Op&) const = default;
};
using Ops = std::vector<Op>;

/// A place in a log of the document's compartment; the first seq is 1.
struct Place {
  int author = 0;
  int seq = 0;
  auto operator<=>(const Place&) const = default;
};

enum class Carries { itself, an_import, an_adoption };

/// What makes a change by-content: equal carriers with equal ops are one.
struct Carry {
  Carries what = Carries::itself;
  Place adopted;
  bool operator==(const Carry&) const = default;
};

struct Change {
  int number = 0;  ///< in an order in which changes could be written
  Place place;
  Ops ops;
  Carry carry;
  Set saw = 0;  ///< what its writer had: readers know only what follows from here on
  bool is_whole = true;
  std::vector<Place> entries;
  std::vector<Place> holes;  ///< floors and exceptions, each place by itself; in order
  Set listed = 0;            ///< the Cs that a change with a mark or a Restore saw
};

/// Ends the process: a history is over the model's limit, or the model is used wrongly.
void require(bool holds, const char* what);

}  // namespace relais::model

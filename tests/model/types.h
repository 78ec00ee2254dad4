#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

// The rules for documents again, in the simplest form: a document is a function of its changes.
// This model shares no code with the library, so that the two can be compared. Not modelled: order
// within lists, texts, bytes, forks, limits.
namespace relais::model {

/// A bit set of changes, of by-content changes, or of marks, by number.
using Set = std::uint64_t;
inline constexpr int kMostChanges = 64;
/// Numbers from here on stand for C, the author of a by-content change.
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
  clear,  ///< removes the values of a register
  del,    ///< Delete; with a reason, a void
  restore,
  make,
  keep,
  withdraw,  ///< repeats the Restore of another author, without a sign
  add,
  remove,
  count,  ///< the author's new total
  insert,
  move,
  nothing,  ///< stands for a deletion that an adoption leaves out
};

struct Op {
  Verb verb = Verb::nothing;
  Path path;
  std::string text;         ///< a value, an element, a reason
  std::int64_t number = 0;  ///< a total, or a target index
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

/// Marks a change as by-content: equal carriers with equal ops are one.
struct Carry {
  Carries what = Carries::itself;
  Place adopted;
  bool operator==(const Carry&) const = default;
};

struct Change {
  int number = 0;  ///< in a possible order of writing
  Place place;
  Ops ops;
  Carry carry;
  Set saw = 0;  ///< what its writer had received; readers know only the fields below
  bool is_whole = true;
  std::vector<Place> entries;
  std::vector<Place> holes;  ///< floors and exceptions, each place by itself; in order
  Set listed = 0;            ///< the contents that a change with a mark or a Restore saw
};

/// Aborts: a history exceeds a limit of the model, or the model is misused.
void require(bool holds, const char* what);

}  // namespace relais::model

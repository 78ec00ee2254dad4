#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/types.h"

namespace relais::model {

/// What an author would like to write; it writes nothing where there is nothing to do.
enum class Wish {
  set,
  both,  ///< a field and an element
  clear,
  del,
  make_void,
  restore,
  anew,  ///< a new start at the path of a mark
  over,  ///< a value over a container
  count,
  add,
  remove,
  insert,
  edit,  ///< of the first element, as are the next two
  erase,
  move,
  import_file,
  adopt,
};

struct Action {
  Wish wish = Wish::set;
  Path path;
  std::string text;  ///< a set's element, or what an imported file holds
  Place adopted;
};

enum class Does { acts, cuts, extends };

/// An author takes all that some others hold, then acts (or not); or its log is cut off behind a
/// seq; or that cut-off is lifted.
struct Deed {
  Does what = Does::acts;
  int author = 0;
  int seq = 0;
  std::vector<int> from;
  std::optional<Action> action;
};

struct Setting {
  int authors = 3;
  int whole = 4;         ///< up to so many other writers, contexts are whole
  bool has_base = true;  ///< everybody begins with the first author's first change
  std::map<int, std::set<Place>> unreadable;  ///< per author
};

/// The paths of the small vocabulary: fields, a counter, a set, a list.
inline const Path kX = path_of("mx"), kY = path_of("ly"), kCounter = path_of("mc"),
                  kSet = path_of("ms"), kList = path_of("mv");

}  // namespace relais::model

#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/types.h"

namespace relais::model {

/// What an author tries to write; nothing is written if it does not apply.
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
  std::string text;  ///< an element of a set, or the content of an imported file
  Place adopted;
};

enum class Does { acts, cuts, extends };

/// An author receives everything that some others have, then acts (or not); or its log is cut off
/// after a seq; or that cut-off is lifted.
struct Deed {
  Does what = Does::acts;
  int author = 0;
  int seq = 0;
  std::vector<int> from;
  std::optional<Action> action;
};

struct Setting {
  int authors = 3;
  int whole = 4;         ///< contexts are whole up to this many other writers
  bool has_base = true;  ///< all start from the first change of the first author
  std::map<int, std::set<Place>> unreadable;  ///< by author
  /// A writer below a deletion that another's Restore or Withdraw undid undoes it too; otherwise
  /// only if a Restore's sign is shown.
  bool repeats_withdrawals = true;
};

/// The paths in use: fields, a counter, a set, a list.
inline const Path kX = path_of("mx"), kY = path_of("ly"), kCounter = path_of("mc"),
                  kSet = path_of("ms"), kList = path_of("mv");

}  // namespace relais::model

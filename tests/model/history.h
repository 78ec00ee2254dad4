#pragma once

#include <map>
#include <vector>

#include "model/types.h"

namespace relais::model {

/// Changes and contents that something covers.
struct Cover {
  Set changes = 0;
  Set contents = 0;

  bool has(int unit) const {
    return unit < kContent ? model::has(changes, unit) : model::has(contents, unit - kContent);
  }
  void add(int unit) {
    if (unit < kContent) {
      changes |= bit(unit);
    } else {
      contents |= bit(unit - kContent);
    }
  }
};

/// The content C that equal carriers share.
struct Content {
  Carry carry;
  Ops ops;
};

/// The logs of one document in one compartment. Changes are numbered in a possible order of
/// writing: at most kMostChanges.
class History {
 public:
  /// Up to `whole` other writers, the context lists everything seen.
  explicit History(int whole = 4) : whole_(whole) {}

  /// Adds a change of a writer that saw `saw`; `mentioned`: changes it lists although another entry
  /// covers them.
  const Change& add(int author, Ops ops, Set saw, const Carry& carry, Set mentioned, Set listed);

  const std::vector<Change>& changes() const { return changes_; }
  const std::vector<Content>& contents() const { return contents_; }
  const Change& change(int number) const { return changes_[static_cast<std::size_t>(number)]; }
  int size() const { return static_cast<int>(changes_.size()); }
  /// The numbers of an author's changes, in order.
  const std::vector<int>& log(int author) const;
  std::vector<int> authors() const;
  /// The number of the change there, or -1.
  int at(const Place& place) const;
  /// An author's changes up to a place.
  Set prefix(const Place& upto) const;
  Set all() const { return changes_.size() == kMostChanges ? ~Set{0} : bit(size()) - 1; }
  bool has_adoptions() const;
  /// The C that a by-content change carries.
  int content_of(const Change& change) const;

 private:
  void list_whole(Change& change) const;
  void list_covering(Change& change, Set mentioned) const;

  int whole_;
  std::vector<Change> changes_;
  std::map<int, std::vector<int>> logs_;
  std::vector<Content> contents_;
  std::vector<Set> found_;  ///< for each change, what a reader with everything finds covered
};

/// The changes and contents whose dots the ops name.
Cover named(const Ops& ops);

}  // namespace relais::model

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/history.h"

namespace relais::model {

enum class Kind { value, element, count, insert, make, move, keep, sign };

/// An item that an op added to the document.
struct Item {
  Dot dot;
  Kind kind = Kind::value;
  Path path;
  std::string text;
  std::int64_t number = 0;
  Dots dots;             ///< of marks that a Keep contests or a sign undoes
  bool is_live = true;   ///< not overwritten
  bool is_shown = true;  ///< and not under an uncontested mark
  Set covering = 0;      ///< the standing marks that cover it, by index in State::marks
};

/// The mark of a Delete at a path.
struct Mark {
  Dot dot;
  Path path;
  std::string reason;
  bool stands = true;  ///< not withdrawn
  bool is_contested = false;
};

/// A document as a function of the admitted changes.
struct State {
  std::vector<Item> items;  ///< all items, in order of dots
  std::vector<Mark> marks;  ///< all marks, in order of dots; at most 64
  std::map<Path, std::int64_t> counters;
  Set contents = 0;           ///< the contents that apply
  std::vector<Cover> covers;  ///< for each change; for each content from kContent on
  std::vector<Set> listed;    ///< for each change: the contents that only its deletions cover

  bool sees(const Dot& later, const Dot& earlier) const;
  bool mark_sees(const Dot& mark, const Dot& earlier) const;
  /// The index of the mark or item with the dot, or -1.
  int mark_at(const Dot& dot) const;
  int item_at(const Dot& dot) const;
  /// Finds which marks are contested and which items are shown; call again after marks were
  /// withdrawn.
  void settle();
};

bool is_content(Kind kind);
/// Shown, and not only a sign, a Keep or a move.
bool is_shown_content(const Item& item);

/// Whether a set, list or counter is an item besides its contents: it exists from the first
/// addition on, even if all was removed since.
enum class Containers { only_contents, are_items };

/// What a change covers that it lists, or whose dots it names, although it covers none that carried
/// it: by all its ops, or by its deletions only. The other ops then mean nothing: what they would
/// have overwritten may come before or after them.
enum class Listed { by_all_ops, by_deletions };

struct Reading {
  Containers containers = Containers::only_contents;
  Listed listed = Listed::by_all_ops;
};

/// `gone`: admitted changes that are erased or unreadable.
State evaluate(const History& history, Set admitted, Set gone, const Reading& reading = {});

}  // namespace relais::model

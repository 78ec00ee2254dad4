#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/history.h"

namespace relais::model {

enum class Kind { value, element, count, insert, make, move, keep, sign };

/// What an op put into the document.
struct Item {
  Dot dot;
  Kind kind = Kind::value;
  Path path;
  std::string text;
  std::int64_t number = 0;
  Dots dots;             ///< of marks: what a Keep contests, what a sign took back
  bool is_live = true;   ///< not overwritten
  bool is_shown = true;  ///< and under no mark that stands uncontested
  Set covering = 0;      ///< the standing marks that cover it, by index in State::marks
};

/// What a Delete left at a path.
struct Mark {
  Dot dot;
  Path path;
  std::string reason;
  bool stands = true;  ///< not withdrawn
  bool is_contested = false;
};

/// A document, as a function of the admitted changes.
struct State {
  std::vector<Item> items;  ///< all that was ever put, in order of dots
  std::vector<Mark> marks;  ///< all that were ever made, in order of dots; at most 64
  std::map<Path, std::int64_t> counters;
  Set contents = 0;           ///< the Cs that apply
  std::vector<Cover> covers;  ///< per change; per C from kContent on

  bool sees(const Dot& later, const Dot& earlier) const;
  /// The index of the mark or item with the dot, or -1.
  int mark_at(const Dot& dot) const;
  int item_at(const Dot& dot) const;
  /// Which marks are contested, which items are shown: again, after marks were withdrawn.
  void settle();
};

bool is_content(Kind kind);
/// Shown, and more than a sign, a Keep or a move.
bool is_shown_content(const Item& item);

/// `gone`: admitted changes that are erased or unreadable.
State evaluate(const History& history, Set admitted, Set gone);

}  // namespace relais::model

#include <algorithm>

#include "model/state.h"

namespace relais::model {
namespace {

template <class List>
int index_of(const List& list, const Dot& dot) {
  const auto found = std::lower_bound(list.begin(), list.end(), dot,
                                      [](const auto& one, const Dot& at) { return one.dot < at; });
  return found != list.end() && found->dot == dot ? static_cast<int>(found - list.begin()) : -1;
}

/// Moves and removals contest nothing; a Keep contests what it lists.
bool contests_unseen(Kind kind) { return kind != Kind::move && kind != Kind::keep; }

/// The standing marks that an item contests if it is shown.
Set contested_by(const State& state, const Item& item) {
  Set set = 0;
  for (std::size_t i = 0; i < state.marks.size(); ++i) {
    const Mark& mark = state.marks[i];
    if (!mark.stands) continue;
    const bool is_kept = item.kind == Kind::keep && item.path == mark.path &&
                         std::find(item.dots.begin(), item.dots.end(), mark.dot) != item.dots.end();
    const bool is_unseen = contests_unseen(item.kind) && below(item.path, mark.path) &&
                           !state.mark_sees(mark.dot, item.dot) && !state.sees(item.dot, mark.dot);
    if (is_kept || is_unseen) set |= bit(static_cast<int>(i));
  }
  return set;
}

Set covering(const State& state, const Item& item) {
  Set set = 0;
  for (std::size_t i = 0; i < state.marks.size(); ++i) {
    const Mark& mark = state.marks[i];
    if (mark.stands && below(item.path, mark.path) && state.mark_sees(mark.dot, item.dot)) {
      set |= bit(static_cast<int>(i));
    }
  }
  return set;
}

}  // namespace

bool is_content(Kind kind) {
  return kind != Kind::move && kind != Kind::keep && kind != Kind::sign;
}

bool is_shown_content(const Item& item) { return item.is_shown && is_content(item.kind); }

bool State::sees(const Dot& later, const Dot& earlier) const {
  return covers[static_cast<std::size_t>(later.unit)].has(earlier.unit) ||
         (later.unit == earlier.unit && earlier.index < later.index);
}

bool State::mark_sees(const Dot& mark, const Dot& earlier) const {
  const bool is_listed =
      mark.unit < kContent && earlier.unit >= kContent && !listed.empty() &&
      model::has(listed[static_cast<std::size_t>(mark.unit)], earlier.unit - kContent);
  return is_listed || sees(mark, earlier);
}

int State::mark_at(const Dot& dot) const { return index_of(marks, dot); }
int State::item_at(const Dot& dot) const { return index_of(items, dot); }

/// The least set of contested marks: starts with none, repeats until nothing changes.
void State::settle() {
  std::vector<Set> contests(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].is_live) continue;
    items[i].covering = covering(*this, items[i]);
    contests[i] = contested_by(*this, items[i]);
  }
  Set contested = 0;
  Set before = 0;
  do {
    before = contested;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].is_live && (items[i].covering & ~before) == 0) contested |= contests[i];
    }
  } while (contested != before);
  for (Item& item : items) item.is_shown = item.is_live && (item.covering & ~contested) == 0;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    marks[i].is_contested = has(contested, static_cast<int>(i));
  }
}

}  // namespace relais::model

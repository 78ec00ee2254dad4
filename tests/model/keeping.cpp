#include <algorithm>
#include <tuple>

#include "model/writers.h"

namespace relais::model {
namespace {

/// Deeper paths first, names before elements, numbers as text.
bool comes_before(const Path& one, const Path& other) {
  for (std::size_t i = 0; i < one.size() && i < other.size(); ++i) {
    if (one[i] == other[i]) continue;
    if ((one[i].name == 0) != (other[i].name == 0)) return one[i].name != 0;
    if (one[i].name != other[i].name) return one[i].name < other[i].name;
    return std::to_string(one[i].element.unit) < std::to_string(other[i].element.unit) ||
           (one[i].element.unit == other[i].element.unit &&
            std::to_string(one[i].element.index) < std::to_string(other[i].element.index));
  }
  return one.size() > other.size();
}

struct InTextOrder {
  bool operator()(const Path& one, const Path& other) const { return comes_before(one, other); }
};

Dots dots_of(const State& state, Set marks) {
  Dots dots;
  for (std::size_t i = 0; i < state.marks.size(); ++i) {
    if (has(marks, static_cast<int>(i))) dots.push_back(state.marks[i].dot);
  }
  return dots;
}

/// The standing marks at exactly this path, by index.
Set standing_at(const State& state, const Path& path) {
  Set set = 0;
  for (std::size_t i = 0; i < state.marks.size(); ++i) {
    if (state.marks[i].stands && state.marks[i].path == path) set |= bit(static_cast<int>(i));
  }
  return set;
}

Set contested(const State& state) {
  Set set = 0;
  for (std::size_t i = 0; i < state.marks.size(); ++i) {
    if (state.marks[i].is_contested) set |= bit(static_cast<int>(i));
  }
  return set;
}

/// The marks not under another standing mark that saw them.
Set newest(const State& state, Set marks, const Path& path) {
  Set set = 0;
  for (std::size_t i = 0; i < state.marks.size(); ++i) {
    if (!has(marks, static_cast<int>(i))) continue;
    const Dot& dot = state.marks[i].dot;
    const bool is_under =
        std::any_of(state.marks.begin(), state.marks.end(), [&](const Mark& other) {
          return other.stands && below(path, other.path) && state.sees(other.dot, dot);
        });
    if (!is_under) set |= bit(static_cast<int>(i));
  }
  return set;
}

Set contested_without(State state, Set marks) {
  for (std::size_t i = 0; i < state.marks.size(); ++i) {
    if (has(marks, static_cast<int>(i))) state.marks[i].stands = false;
  }
  state.settle();
  return contested(state);
}

}  // namespace

Dots marks_to_restore(const State& state, const Path& path) {
  const Set at = standing_at(state, path);
  if ((at & contested(state)) != 0) return dots_of(state, at & contested(state));
  Set out = newest(state, at, path);
  for (Set before = 0; out != before;) {
    before = out;
    out |= at & contested_without(state, out);
  }
  return dots_of(state, out);
}

std::set<Dot> World::listed(int author, Verb one, Verb other) const {
  std::set<Dot> dots;
  for (const int number : history_.log(author)) {
    for (const Op& op : history_.change(number).ops) {
      if (op.verb == one || op.verb == other) dots.insert(op.dots.begin(), op.dots.end());
    }
  }
  return dots;
}

/// The first change of an author that sees a contested mark and does not resolve it lists it in a
/// Keep.
Ops World::keeps(int author, const State& state, const Ops& ops) const {
  std::set<Dot> settled = listed(author, Verb::keep, Verb::keep);
  for (const Op& op : ops) {
    if (op.verb == Verb::restore) settled.insert(op.dots.begin(), op.dots.end());
    for (const Mark& mark : state.marks) {
      if (op.verb == Verb::del && below(mark.path, op.path)) settled.insert(mark.dot);
    }
  }
  std::map<Path, Dots, InTextOrder> at;
  for (const Mark& mark : state.marks) {
    if (mark.is_contested && settled.count(mark.dot) == 0) at[mark.path].push_back(mark.dot);
  }
  Ops keeps;
  for (auto& [path, dots] : at) keeps.push_back({Verb::keep, path, "", 0, std::move(dots)});
  return keeps;
}

/// The marks at or above the ops that another author has undone.
std::set<Dot> World::taken_back(const State& state, const Ops& ops) const {
  const auto is_above = [&ops](const Path& path) {
    return std::any_of(ops.begin(), ops.end(), [&path](const Op& op) {
      return op.verb != Verb::withdraw && below(op.path, path);
    });
  };
  std::set<Dot> marks;
  for (const Item& item : state.items) {
    if (!item.is_shown || item.kind != Kind::sign || !is_above(item.path)) continue;
    for (const Dot& dot : item.dots) {
      if (state.mark_at(dot) >= 0) marks.insert(dot);
    }
  }
  for (const Mark& mark : state.marks) {
    const bool is_withdrawn = !mark.stands && is_above(mark.path);
    if (setting_.repeats_withdrawals && is_withdrawn) marks.insert(mark.dot);
  }
  return marks;
}

/// The first writer below what others undid undoes it too, once.
Ops World::with_repeats(int author, const State& state, Ops ops) const {
  std::set<Dot> marks = taken_back(state, ops);
  for (const Dot& dot : listed(author, Verb::restore, Verb::withdraw)) marks.erase(dot);
  if (marks.empty()) return ops;
  if (ops.back().verb == Verb::restore) {
    Dots& dots = ops.back().dots;
    marks.insert(dots.begin(), dots.end());
    dots.assign(marks.begin(), marks.end());
    return ops;
  }
  ops.insert(ops.begin(), {Verb::withdraw, {}, "", 0, Dots(marks.begin(), marks.end())});
  return ops;
}

}  // namespace relais::model

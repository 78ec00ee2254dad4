#include <algorithm>
#include <tuple>

#include "model/writers.h"

namespace relais::model {
namespace {

/// What is deeper comes first, names before elements, numbers as text.
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

/// Those that lie under no other standing mark that saw them.
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

/// An author's first change that sees a contested mark and doesn't settle it lists it in a Keep.
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

/// Who first writes below another's sign withdraws the marks too, once.
Ops World::with_repeats(int author, const State& state, Ops ops) const {
  std::set<Dot> marks;
  for (const Item& item : state.items) {
    const bool is_above = item.is_shown && item.kind == Kind::sign &&
                          std::any_of(ops.begin(), ops.end(), [&](const Op& op) {
                            return op.verb != Verb::withdraw && below(op.path, item.path);
                          });
    for (const Dot& dot : item.dots) {
      if (is_above && state.mark_at(dot) >= 0) marks.insert(dot);
    }
  }
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

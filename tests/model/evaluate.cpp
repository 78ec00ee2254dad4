#include <algorithm>
#include <tuple>

#include "model/covers.h"
#include "model/state.h"

namespace relais::model {
namespace {

/// The ops of a change, or of a content.
struct Unit {
  int number;
  const Ops* ops;
};

class Evaluation {
 public:
  Evaluation(const History& history, Set admitted, Set gone, const Reading& reading)
      : history_(history), applied_(admitted & ~gone), reading_(reading) {
    state_.covers.resize(static_cast<std::size_t>(kContent) + history.contents().size());
    const std::vector<Set> found = model::covers(history, admitted, applied_);
    for (std::size_t i = 0; i < found.size(); ++i) state_.covers[i].changes = found[i];
  }

  State run() {
    find_units();
    cover_carried();
    cover_adopted();
    put_all();
    withdraw();
    overwrite();
    keep_last_totals();
    drop_settled_keeps();
    state_.settle();
    count();
    return std::move(state_);
  }

 private:
  struct Carried {
    int unit;  ///< a content, or the adopted change itself if it is admitted
    Set carriers;
  };

  Cover& cover(int unit) { return state_.covers[static_cast<std::size_t>(unit)]; }
  bool applies(int number) const { return has(applied_, number); }

  void find_units();
  void carry(int unit, int carrier);
  void cover_carried();
  void cover_adopted();
  void put_all();
  void put(const Dot& dot, const Op& op);
  void withdraw();
  void overwrite();
  void keep_last_totals();
  void drop_settled_keeps();
  void count();
  /// The unit that a dot means: the content of an adopted change, or the change itself if it is
  /// admitted.
  Dot meant(const Dot& dot) const;
  Path meant(Path path) const;
  /// The author whose running total it is.
  int counts_for(const Dot& dot) const;
  bool makes_container(Verb verb) const {
    return reading_.containers == Containers::are_items &&
           (verb == Verb::add || verb == Verb::insert || verb == Verb::count);
  }
  void replace(const Dot& by, const Path& path, Kind kind, const std::string* text);

  const History& history_;
  Set applied_;
  Reading reading_;
  State state_;
  std::vector<Unit> units_;
  std::vector<Carried> carried_;
  std::map<int, int> adopted_as_;  ///< the change -> its C
};

void Evaluation::find_units() {
  for (const Change& change : history_.changes()) {
    if (!applies(change.number)) continue;
    if (change.carry.what == Carries::itself) {
      units_.push_back({change.number, &change.ops});
      continue;
    }
    const int adopted = history_.at(change.carry.adopted);
    const bool is_adoption = change.carry.what == Carries::an_adoption;
    if (is_adoption && applies(adopted)) {
      carry(adopted, change.number);
      continue;
    }
    const int content = history_.content_of(change);
    if (!has(state_.contents, content - kContent)) units_.push_back({content, &change.ops});
    state_.contents |= bit(content - kContent);
    carry(content, change.number);
    if (is_adoption) adopted_as_.try_emplace(adopted, content);
  }
}

void Evaluation::carry(int unit, int carrier) {
  const auto same = [&](const Carried& carried) { return carried.unit == unit; };
  const auto found = std::find_if(carried_.begin(), carried_.end(), same);
  if (found == carried_.end()) {
    carried_.push_back({unit, bit(carrier)});
  } else {
    found->carriers |= bit(carrier);
  }
}

/// A change that covers one carrier, or lists or names C, covers C.
void Evaluation::cover_carried() {
  for (const Change& change : history_.changes()) {
    Cover& covered = cover(change.number);
    for (const auto& [unit, carriers] : carried_) {
      if ((covered.changes & carriers) != 0) covered.add(unit);
    }
    if (reading_.listed == Listed::by_deletions) {
      state_.listed.push_back(change.listed & state_.contents);
    } else {
      covered.contents |= (change.listed | named(change.ops).contents) & state_.contents;
    }
  }
}

/// C stands at the adopted place: it saw what the original saw, and a change that covers the place
/// covers C.
void Evaluation::cover_adopted() {
  for (const auto& [original, content] : adopted_as_) cover(content) = cover(original);
  if (adopted_as_.empty()) return;
  std::vector<Set> covered;
  for (int i = 0; i < history_.size(); ++i) covered.push_back(cover(i).changes);
  const std::vector<Set> places = model::places(history_, covered);
  for (const auto& [original, content] : adopted_as_) {
    for (const Change& change : history_.changes()) {
      if (!has(places[static_cast<std::size_t>(change.number)], original)) continue;
      cover(change.number).add(content);
      const auto its = adopted_as_.find(change.number);
      if (its != adopted_as_.end()) cover(its->second).add(content);
    }
  }
}

Dot Evaluation::meant(const Dot& dot) const {
  if (dot.unit >= kContent) {
    const int content = dot.unit - kContent;
    const Carry& carry = history_.contents()[static_cast<std::size_t>(content)].carry;
    const bool is_adoption = carry.what == Carries::an_adoption;
    const int original = is_adoption ? history_.at(carry.adopted) : -1;
    const bool is_alias = is_adoption && !has(state_.contents, content) && applies(original);
    return is_alias ? Dot{original, dot.index} : dot;
  }
  const auto as = adopted_as_.find(dot.unit);
  return as != adopted_as_.end() && !applies(dot.unit) ? Dot{as->second, dot.index} : dot;
}

Path Evaluation::meant(Path path) const {
  for (Step& step : path) {
    if (step.name == 0) step.element = meant(step.element);
  }
  return path;
}

void Evaluation::put_all() {
  for (const Unit& unit : units_) {
    for (std::size_t k = 0; k < unit.ops->size(); ++k) {
      put({unit.number, static_cast<int>(k)}, (*unit.ops)[k]);
    }
  }
  const auto by_dot = [](const auto& a, const auto& b) { return a.dot < b.dot; };
  std::stable_sort(state_.items.begin(), state_.items.end(), by_dot);
  std::sort(state_.marks.begin(), state_.marks.end(), by_dot);
  require(state_.marks.size() <= kMostChanges, "a document has at most 64 marks");
}

std::optional<Kind> kind_put(Verb verb) {
  switch (verb) {
    case Verb::set: return Kind::value;
    case Verb::restore: return Kind::sign;
    case Verb::make: return Kind::make;
    case Verb::keep: return Kind::keep;
    case Verb::add: return Kind::element;
    case Verb::count: return Kind::count;
    case Verb::insert: return Kind::insert;
    case Verb::move: return Kind::move;
    case Verb::clear:
    case Verb::del:
    case Verb::withdraw:
    case Verb::remove:
    case Verb::nothing: break;
  }
  return std::nullopt;
}

void Evaluation::put(const Dot& dot, const Op& op) {
  Path path = meant(op.path);
  if (op.verb == Verb::del) {
    state_.marks.push_back({dot, std::move(path), op.text});
    return;
  }
  const auto kind = kind_put(op.verb);
  if (!kind) return;
  if (makes_container(op.verb)) state_.items.push_back({dot, Kind::make, path, "", 0, {}});
  if (op.verb == Verb::insert) path = with(std::move(path), {0, dot});
  state_.items.push_back({dot, *kind, std::move(path), op.text, op.number, op.dots});
}

/// No later deletion replaces a mark: only these ops withdraw it.
void Evaluation::withdraw() {
  for (const Unit& unit : units_) {
    for (const Op& op : *unit.ops) {
      if (op.verb != Verb::restore && op.verb != Verb::withdraw) continue;
      for (const Dot& dot : op.dots) {
        const int mark = state_.mark_at(meant(dot));
        const int item = state_.item_at(meant(dot));
        if (mark >= 0) state_.marks[static_cast<std::size_t>(mark)].stands = false;
        if (item >= 0) state_.items[static_cast<std::size_t>(item)].is_live = false;
      }
    }
  }
}

/// The kind of item that an op replaces; signs, Keeps and marks coexist.
std::optional<Kind> kind_replaced(Verb verb) {
  switch (verb) {
    case Verb::set:
    case Verb::clear: return Kind::value;
    case Verb::add:
    case Verb::remove: return Kind::element;
    case Verb::make: return Kind::make;
    case Verb::move: return Kind::move;
    case Verb::del:
    case Verb::restore:
    case Verb::keep:
    case Verb::withdraw:
    case Verb::count:
    case Verb::insert:
    case Verb::nothing: break;
  }
  return std::nullopt;
}

void Evaluation::overwrite() {
  for (const Unit& unit : units_) {
    for (std::size_t k = 0; k < unit.ops->size(); ++k) {
      const Op& op = (*unit.ops)[k];
      const Dot dot{unit.number, static_cast<int>(k)};
      const Path path = meant(op.path);
      const auto kind = kind_replaced(op.verb);
      if (kind) replace(dot, path, *kind, *kind == Kind::element ? &op.text : nullptr);
      if (makes_container(op.verb)) replace(dot, path, Kind::make, nullptr);
    }
  }
}

/// `text`: only items of this text.
void Evaluation::replace(const Dot& by, const Path& path, Kind kind, const std::string* text) {
  for (Item& item : state_.items) {
    if (item.kind != kind || item.path != path || !state_.sees(by, item.dot)) continue;
    if (text == nullptr || item.text == *text) item.is_live = false;
  }
}

int Evaluation::counts_for(const Dot& dot) const {
  return dot.unit >= kContent ? dot.unit : -1 - history_.change(dot.unit).place.author;
}

/// The last of an author's totals is live; all stay for what marks cover.
void Evaluation::keep_last_totals() {
  std::map<std::pair<Path, int>, Item*> last;
  for (Item& item : state_.items) {
    if (item.kind != Kind::count) continue;
    Item*& kept = last[{item.path, counts_for(item.dot)}];
    if (kept != nullptr) kept->is_live = false;
    kept = &item;
  }
}

/// A Keep is dropped when none of its marks stands.
void Evaluation::drop_settled_keeps() {
  const auto stands = [&](const Dot& dot) {
    const int mark = state_.mark_at(dot);
    return mark >= 0 && state_.marks[static_cast<std::size_t>(mark)].stands;
  };
  for (Item& item : state_.items) {
    if (item.kind != Kind::keep) continue;
    if (std::none_of(item.dots.begin(), item.dots.end(), stands)) item.is_live = false;
  }
}

/// The last total of an author minus the last one that an uncontested mark covers.
void Evaluation::count() {
  const auto is_covered = [&](const Item& item) {
    return std::any_of(state_.marks.begin(), state_.marks.end(), [&](const Mark& mark) {
      return mark.stands && !mark.is_contested && below(item.path, mark.path) &&
             state_.mark_sees(mark.dot, item.dot);
    });
  };
  for (const Item& last : state_.items) {
    if (last.kind != Kind::count || !last.is_shown) continue;
    std::int64_t base = 0;
    for (const Item& item : state_.items) {
      if (item.kind != Kind::count || item.path != last.path || item.dot == last.dot) continue;
      if (counts_for(item.dot) == counts_for(last.dot) && is_covered(item)) {
        base = std::max(base, item.number);
      }
    }
    state_.counters[last.path] += last.number - base;
  }
}

}  // namespace

State evaluate(const History& history, Set admitted, Set gone, const Reading& reading) {
  return Evaluation(history, admitted, gone, reading).run();
}

}  // namespace relais::model

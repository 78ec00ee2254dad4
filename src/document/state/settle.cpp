#include <algorithm>

#include "document/codec/value_code.h"
#include "document/state/each_dot.h"
#include "document/state/marks.h"
#include "document/state/per_change.h"
#include "document/state/room.h"

/// Contested marks and hidden items: docs/spec/document.md, "Deletion".
namespace relais::document {
namespace {

bool has(const ChangeSet& changes, std::uint32_t change) {
  return std::binary_search(changes.begin(), changes.end(), change);
}

/// Calls `act(dot)` for the items of a node itself that can contest a mark: content, and signs.
template <class Act>
void each_thing(const Node& node, const Act& act) {
  for (const Versioned& version : node.values) act(version.dot);
  if (!node.extras) return;
  const Extras& extras = *node.extras;
  for (const Dots& dots : extras.present) {
    for (const LocalDot& dot : dots) act(dot);
  }
  for (const SetElement& element : extras.set) {
    for (const LocalDot& dot : element.dots) act(dot);
  }
  for (const Total& count : extras.counts) act(count.dot);
  const Rare& rare = *extras.rare;
  for (const Versioned& version : rare.last_writer) act(version.dot);
  for (const Versioned& version : rare.ranked) act(version.dot);
  for (const LocalDot& sign : rare.restores) act(sign);
}

/// Determines the contested marks: the least fixed point in which each has a shown, concurrent
/// item. Starts with none; items that a contested mark covered may become shown and contest others.
class Contest {
 public:
  void run(Node& root) {
    gather(root);
    for (std::size_t thing = 0; thing < things_.size(); ++thing) {
      if (things_[thing].hiding == 0) show(thing);
    }
    while (!todo_.empty()) {
      const std::size_t mark = todo_.back();
      todo_.pop_back();
      for (const std::size_t thing : covered_by_[mark]) {
        if (--things_[thing].hiding == 0) show(thing);
      }
    }
  }

 private:
  struct Thing {
    std::size_t hiding = 0;  ///< uncontested marks that cover it
    std::vector<std::size_t> contests;
  };

  void gather(Node& node) {
    const std::size_t above = stack_.size();
    Rare* rare = node.extras ? node.extras->rare.get() : nullptr;
    std::vector<Mark>& marks = rare != nullptr ? rare->marks : none_;
    for (Mark& mark : marks) {
      mark.contested = false;
      stack_.push_back(marks_.size());
      marks_.push_back(&mark);
      covered_by_.emplace_back();
    }
    if (!marks.empty()) known_.enter(marks);
    if (!stack_.empty()) {
      each_thing(node, [this](const LocalDot& dot) { add(dot, nullptr); });
      if (node.extras) {
        for (const Keep& keep : node.extras->rare->keeps) add(keep.dot, &keep);
      }
    }
    for (Child& child : node.children) gather(child.node);
    stack_.resize(above);
    if (!marks.empty()) known_.leave(marks);
  }

  static bool lists(const Keep& keep, const Mark& mark) {
    return std::any_of(keep.marks.begin(), keep.marks.end(),
                       [&mark](const LocalDot& dot) { return dot.same(mark.dot); });
  }

  void add(const LocalDot& dot, const Keep* keep) {
    std::size_t* const known = keep == nullptr ? known_.find(dot) : nullptr;
    if (known != nullptr && *known != PerChange::kNothing) return;
    if (known != nullptr) *known = things_.size();
    Thing thing;
    for (const std::size_t at : stack_) {
      const Mark& mark = *marks_[at];
      if (mark.covers(dot)) {
        ++thing.hiding;
        covered_by_[at].push_back(things_.size());
      } else if (keep != nullptr ? lists(*keep, mark) : mark.is_beside(dot)) {
        thing.contests.push_back(at);
      }
    }
    things_.push_back(std::move(thing));
  }

  void show(std::size_t thing) {
    for (const std::size_t mark : things_[thing].contests) {
      if (marks_[mark]->contested) continue;
      marks_[mark]->contested = true;
      todo_.push_back(mark);
    }
  }

  std::vector<Mark> none_;
  std::vector<Mark*> marks_;
  std::vector<std::vector<std::size_t>> covered_by_;  ///< per mark: indices of things_
  std::vector<Thing> things_;
  std::vector<std::size_t> stack_;  ///< marks at the node and above
  std::vector<std::size_t> todo_;   ///< contested marks not yet propagated
  PerChange known_;                 ///< the thing that represents all items of a change
};

/// Moves the items that uncontested marks cover out of a tree.
class Hider {
 public:
  /// `all`: use all marks on the way down; else only the pushed ones.
  explicit Hider(bool all) : all_(all) {}
  void push(const Mark& mark) { stack_.push_back(&mark); }

  void run(Node& node, Node& into) {
    const std::size_t above = stack_.size();
    static const std::vector<Mark> kNone;
    const std::vector<Mark>& marks = all_ && node.extras ? node.extras->rare->marks : kNone;
    if (!marks.empty()) {
      known_.enter(marks);
      for (const Mark& mark : marks) stack_.push_back(&mark);
      contested += static_cast<std::size_t>(
          std::count_if(stack_.begin() + static_cast<std::ptrdiff_t>(above), stack_.end(),
                        [](const Mark* mark) { return mark->contested; }));
    }
    move(node.values, into.values);
    if (node.extras) hide(*node.extras, into);
    for (Child& child : node.children) {
      Node below;
      run(child.node, below);
      if (below.vacant()) continue;
      Child& hidden =
          into.children.emplace_back(child.is_element ? Child(child.element) : Child(child.name));
      hidden.node = std::move(below);
    }
    stack_.resize(above);
    if (!marks.empty()) known_.leave(marks);
  }

  std::size_t contested = 0;

 private:
  bool is_hidden(const LocalDot& dot) const {
    std::size_t* const known = known_.find(dot);
    if (known != nullptr && *known != PerChange::kNothing) return *known != 0;
    const bool hidden = std::any_of(stack_.begin(), stack_.end(), [&dot](const Mark* mark) {
      return !mark->contested && mark->covers(dot);
    });
    if (known != nullptr) *known = hidden ? 1 : 0;
    return hidden;
  }

  static const LocalDot& dot_of(const LocalDot& dot) { return dot; }
  template <class Item>
  static const LocalDot& dot_of(const Item& item) {
    return item.dot;
  }
  template <class Items>
  void move(Items& shown, Items& hidden) const {
    if (stack_.empty()) return;
    const auto stays = [this](const auto& item) { return !is_hidden(dot_of(item)); };
    const auto gone = std::stable_partition(shown.begin(), shown.end(), stays);
    std::move(gone, shown.end(), std::back_inserter(hidden));
    shown.erase(gone, shown.end());
  }

  void move(Moves& shown, Moves& hidden) const {
    if (stack_.empty()) return;
    for (auto at = shown.begin(); at != shown.end();) {
      const auto move = at++;
      if (is_hidden(move->dot)) hidden.insert(shown.extract(move));
    }
  }

  void hide(Extras& extras, Node& into) const {
    for (auto run = extras.text.head(); run != Sequence::kNone; run = extras.text.run(run).after) {
      const bool hidden = is_hidden(extras.text.run(run).first);
      if (hidden || all_) extras.text.hide(run, hidden);
    }
    if (all_) {
      for (Base& base : extras.bases) base.holds = holds(base);
    }
    Extras hidden;
    for (std::size_t kind = 0; kind < std::size(extras.present); ++kind) {
      move(extras.present[kind], hidden.present[kind]);
    }
    hide_set(extras.set, hidden.set);
    move(extras.counts, hidden.counts);
    if (Rare* rare = extras.rare.get()) hide(*rare, hidden);
    if (!hidden.vacant()) into.more() = std::move(hidden);
  }

  void hide_set(std::vector<SetElement>& set, std::vector<SetElement>& hidden) const {
    if (stack_.empty()) return;
    for (SetElement& element : set) {
      SetElement gone{element.value, {}};
      move(element.dots, gone.dots);
      if (!gone.dots.empty()) hidden.push_back(std::move(gone));
    }
    std::erase_if(set, [](const SetElement& element) { return element.dots.empty(); });
  }

  void hide(Rare& rare, Extras& into) const {
    for (Keep& keep : rare.keeps) keep.dot.hidden = is_hidden(keep.dot) ? 1 : 0;
    for (LocalDot& sign : rare.restores) sign.hidden = is_hidden(sign) ? 1 : 0;
    Rare hidden;
    move(rare.last_writer, hidden.last_writer);
    move(rare.ranked, hidden.ranked);
    move(rare.moves, hidden.moves);
    if (!hidden.vacant()) into.rare.make() = std::move(hidden);
  }

  /// Whether the base's mark stands uncontested: the next mark of its change, at its path or above.
  bool holds(const Base& base) const {
    if (!base.of_mark) return true;
    const Mark* its = mark_of(stack_, base);
    return its != nullptr && !its->contested;
  }

  bool all_;
  std::vector<const Mark*> stack_;
  mutable PerChange known_;  ///< 1: hidden
};

/// Unites two sets: joins the dots of elements in both, and adds the others.
void show_set(std::vector<SetElement>& shown, std::vector<SetElement> hidden) {
  auto at = shown.begin();
  for (SetElement& element : hidden) {
    at = std::lower_bound(at, shown.end(), element, [](const SetElement& a, const SetElement& b) {
      return compare(a.value, b.value) < 0;
    });
    if (at == shown.end() || compare(at->value, element.value) != 0) continue;
    std::move(element.dots.begin(), element.dots.end(), std::back_inserter(at->dots));
  }
  add_elements(shown, std::move(hidden));
}

/// Moves the hidden items into the shown node.
void show(const ChangeTable& changes, Node& node, Node& hidden) {
  const auto take = [](auto& to, auto& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  };
  take(node.values, hidden.values);
  if (hidden.extras) {
    Extras& from = *hidden.extras;
    Extras& to = node.more();
    for (std::size_t kind = 0; kind < std::size(to.present); ++kind) {
      take(to.present[kind], from.present[kind]);
    }
    show_set(to.set, std::move(from.set));
    take(to.counts, from.counts);
    if (Rare* rare = from.rare.get()) {
      take(to.rare.make().last_writer, rare->last_writer);
      take(to.rare.make().ranked, rare->ranked);
      to.rare.make().moves.merge(rare->moves);
    }
  }
  std::vector<Child> places;
  for (const Child& child : hidden.children) {
    places.push_back(child.is_element ? Child(child.element) : Child(child.name));
  }
  add_children(changes, node, std::move(places));
  for (Child& child : hidden.children) {
    Node& at = child.is_element ? node.child(changes, child.element) : node.child(child.name);
    show(changes, at, child.node);
  }
}

Node& make_node(const ChangeTable& changes, Node& top, const Path& path) {
  Node* at = &top;
  for (const Step& step : path) {
    const auto* name = std::get_if<std::string>(&step);
    at = name != nullptr ? &at->child(*name)
                         : &at->child(changes, *changes.find(std::get<Dot>(step)));
  }
  return *at;
}

}  // namespace

bool Mark::covers(const LocalDot& item) const {
  if (item.change == dot.change) return item.index < dot.index;
  return has(covered, item.change);
}

bool Mark::is_beside(const LocalDot& item) const {
  return item.change != dot.change && !has(covered, item.change) && !has(later, item.change);
}

void drop_marks(State::Table& table, const Path& path, const std::vector<Dot>& marks) {
  Node* node = table.find(path);
  Rare* rare = node != nullptr && node->extras ? node->extras->rare.get() : nullptr;
  if (rare == nullptr) return;
  std::erase_if(rare->marks, [&](const Mark& mark) {
    const Dot dot = table.changes.global(mark.dot);
    return std::find(marks.begin(), marks.end(), dot) != marks.end();
  });
  table.unsettled = true;
}

bool stands(const State::Table& table, const Path& path, const Dot& mark) {
  const Node* node = table.find(path);
  if (node == nullptr || !node->extras) return false;
  const auto& marks = node->extras->rare->marks;
  return std::any_of(marks.begin(), marks.end(),
                     [&](const Mark& known) { return table.changes.global(known.dot) == mark; });
}

std::vector<const Mark*> marks_above(const State::Table& table, const Path& path) {
  std::vector<const Mark*> marks;
  Path at;
  for (std::size_t depth = 0; depth <= path.size(); ++depth) {
    const Node* node = table.find(at);
    if (node == nullptr) break;
    if (node->extras) {
      for (const Mark& mark : node->extras->rare->marks) marks.push_back(&mark);
    }
    if (depth < path.size()) at.push_back(path[depth]);
  }
  return marks;
}

bool is_under_another(const State::Table& table, const Path& path, const Mark& mark) {
  const auto above = marks_above(table, path);
  return std::any_of(above.begin(), above.end(), [&mark](const Mark* other) {
    return !other->dot.same(mark.dot) && other->covers(mark.dot);
  });
}

const Mark* mark_of(const std::vector<const Mark*>& above, const Base& base) {
  const Mark* next = nullptr;
  for (const Mark* mark : above) {
    const bool is_behind = mark->dot.change == base.by.change && base.by.index < mark->dot.index;
    if (is_behind && (next == nullptr || mark->dot.index < next->dot.index)) next = mark;
  }
  return next;
}

void unhide(State::Table& table) {
  if (!table.hidden) return;
  const auto hidden = std::move(table.hidden);
  show(table.changes, table.root, *hidden);
}

void settle(State::Table& table) {
  table.unsettled = false;
  unhide(table);
  Contest().run(table.root);
  Hider hider(true);
  auto hidden = std::make_unique<Node>();
  hider.run(table.root, *hidden);
  table.contested = hider.contested;
  if (!hidden->vacant()) table.hidden = std::move(hidden);
  table.root.prune();
}

void hide_below(State::Table& table, const Path& path, const Mark& mark) {
  Node hidden;
  Hider hider(false);
  hider.push(mark);
  hider.run(*table.find(path), hidden);
  if (hidden.vacant()) return;
  if (!table.hidden) table.hidden = std::make_unique<Node>();
  show(table.changes, make_node(table.changes, *table.hidden, path), hidden);
}

}  // namespace relais::document

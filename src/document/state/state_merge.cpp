#include <algorithm>
#include <map>
#include <set>

#include "document/codec/value_code.h"
#include "document/state/drop.h"
#include "document/state/marks.h"

namespace relais::document {
namespace {

/// Joins `theirs` into `ours`: an item of both stays; an item of one stays unless the other's
/// context covers it.
class Joiner {
 public:
  Joiner(State::Table& ours, const State::Table& theirs) : ours_(ours), theirs_(theirs) {
    number_.reserve(theirs.changes.size());
    for (std::uint32_t i = 0; i < theirs.changes.size(); ++i) {
      number_.push_back(ours.changes.intern(theirs.changes[i].position, theirs.changes[i].stamp));
    }
  }

  void run() {
    join(ours_.root, &theirs_.root);
    join_contents();
    ours_.marked = ours_.marked || theirs_.marked;
    ours_.unsettled = ours_.marked;
    ours_.root.prune();
    for (const Position& entry : theirs_.context.entries()) {
      ours_.context.advance(entry.author, entry.seq);
    }
  }

 private:
  void join_contents() {
    std::map<AuthorId, std::set<Position>> all;
    const auto take = [&all](const std::vector<Content>& contents) {
      for (const Content& content : contents) {
        all[content.author].insert(content.carriers.begin(), content.carriers.end());
      }
    };
    take(ours_.contents);
    take(theirs_.contents);
    ours_.contents.clear();
    for (const auto& [author, carriers] : all) {
      ours_.contents.push_back({author, {carriers.begin(), carriers.end()}});
    }
  }

  bool they_saw(const LocalDot& ours) const {
    const Position& position = ours_.changes[ours.change].position;
    return theirs_.context.covers(position.author, position.seq);
  }
  bool we_saw(const LocalDot& theirs) const {
    const Position& position = theirs_.changes[theirs.change].position;
    return ours_.context.covers(position.author, position.seq);
  }
  LocalDot ours_of(const LocalDot& theirs) const {
    return {number_[theirs.change], theirs.index, 0};
  }

  /// `dot_of` returns an item's dot; `copy` translates an item of theirs.
  template <class Items, class DotOf, class Copy>
  void join_items(Items& ours, const Items& theirs, const DotOf& dot_of, const Copy& copy) const {
    using Item = typename Items::value_type;
    Items kept;
    for (Item& item : ours) {
      const bool both = std::any_of(theirs.begin(), theirs.end(), [&](const Item& other) {
        return ours_of(dot_of(other)).same(dot_of(item));
      });
      if (both || !they_saw(dot_of(item))) kept.push_back(std::move(item));
    }
    for (const Item& item : theirs) {
      if (!we_saw(dot_of(item))) kept.push_back(copy(item));
    }
    ours = std::move(kept);
  }

  void join(Dots& ours, const Dots& theirs) const {
    join_items(
        ours, theirs, [](auto& dot) -> auto& { return dot; },
        [this](const LocalDot& dot) { return ours_of(dot); });
  }

  void join(Versions& ours, const Versions& theirs) const {
    join_items(
        ours, theirs, [](auto& version) -> auto& { return version.dot; },
        [this](const Versioned& version) {
          return Versioned{version.value, ours_of(version.dot), version.rank};
        });
  }

  /// Of a mark in both, `covered` and `later` are united.
  void join(std::vector<Mark>& ours, const std::vector<Mark>& theirs) const {
    const auto copy = [this](const Mark& mark) {
      return Mark{ours_of(mark.dot), mark.reason, ours_of(mark.covered), ours_of(mark.later)};
    };
    for (const Mark& other : theirs) {
      for (Mark& mark : ours) {
        if (!ours_of(other.dot).same(mark.dot)) continue;
        mark.covered = united(mark.covered, ours_of(other.covered));
        mark.later = united(mark.later, ours_of(other.later));
      }
    }
    join_items(
        ours, theirs, [](auto& mark) -> auto& { return mark.dot; }, copy);
  }
  ChangeSet ours_of(const ChangeSet& theirs) const {
    ChangeSet ours;
    for (const std::uint32_t change : theirs) ours.push_back(number_[change]);
    std::sort(ours.begin(), ours.end());
    return ours;
  }
  static ChangeSet united(const ChangeSet& a, const ChangeSet& b) {
    ChangeSet all;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
    return all;
  }

  void join(std::vector<Keep>& ours, const std::vector<Keep>& theirs) const {
    join_items(
        ours, theirs, [](auto& keep) -> auto& { return keep.dot; },
        [this](const Keep& keep) {
          Keep copy{ours_of(keep.dot), {}};
          for (const LocalDot& mark : keep.marks) copy.marks.push_back(ours_of(mark));
          return copy;
        });
  }

  void join(std::vector<Withdrawn>& ours, const std::vector<Withdrawn>& theirs) const {
    for (const Withdrawn& other : theirs) {
      const LocalDot mark = ours_of(other.mark);
      const auto known = std::find_if(ours.begin(), ours.end(),
                                      [&mark](const Withdrawn& it) { return it.mark.same(mark); });
      Withdrawn& gone = known != ours.end() ? *known : ours.emplace_back(Withdrawn{mark, {}});
      for (const LocalDot& dot : other.by) add_new(gone.by, ours_of(dot));
    }
  }
  static void add_new(Dots& dots, const LocalDot& added) {
    const auto is_it = [&added](const LocalDot& dot) { return dot.same(added); };
    if (std::none_of(dots.begin(), dots.end(), is_it)) dots.push_back(added);
  }

  void join(Moves& ours, const Moves& theirs) const {
    std::vector<Moved> joined(ours.begin(), ours.end());
    join_items(
        joined, std::vector<Moved>(theirs.begin(), theirs.end()),
        [](auto& move) -> auto& { return move.dot; },
        [this](const Moved& move) {
          return Moved{ours_of(move.element), ours_of(move.dot)};
        });
    ours = Moves(joined.begin(), joined.end());
  }

  void join(std::vector<Total>& ours, const std::vector<Total>& theirs) const {
    for (const Total& total : theirs) {
      const LocalDot dot = ours_of(total.dot);
      const auto known = std::find_if(ours.begin(), ours.end(), [&](const Total& other) {
        return ours_.changes.author(other.dot) == ours_.changes.author(dot);
      });
      if (known == ours.end()) {
        ours.push_back({dot, total.total});
      } else if (ours_.changes.less(known->dot, dot)) {
        *known = {dot, total.total};
      }
    }
  }

  void join(std::vector<Base>& ours, const std::vector<Base>& theirs) const {
    for (const Base& other : theirs) {
      const Base base{{ours_of(other.dot), other.total}, ours_of(other.by), other.of_mark, true};
      const auto known = std::find_if(ours.begin(), ours.end(), [&](const Base& it) {
        if (base.of_mark || it.of_mark) {
          return base.of_mark && it.of_mark && it.by.same(base.by) && it.dot.same(base.dot);
        }
        return ours_.changes.author(it.dot) == ours_.changes.author(base.dot);
      });
      if (known == ours.end()) {
        ours.push_back(base);
      } else if (base.is_beyond(*known, ours_.changes)) {
        *known = base;
      }
    }
  }

  void join_set(std::vector<SetElement>& ours, const std::vector<SetElement>& theirs) const {
    const auto before = [](const SetElement& a, const Value& b) { return compare(a.value, b) < 0; };
    std::vector<SetElement> unmatched = std::move(ours);
    ours.clear();
    for (const SetElement& element : theirs) {
      const auto at = std::lower_bound(unmatched.begin(), unmatched.end(), element.value, before);
      SetElement joined{element.value, {}};
      if (at != unmatched.end() && compare(at->value, element.value) == 0) {
        joined.dots = std::move(at->dots);
        unmatched.erase(at);
      }
      join(joined.dots, element.dots);
      ours.push_back(std::move(joined));
    }
    for (SetElement& element : unmatched) {
      join(element.dots, {});
      ours.insert(std::lower_bound(ours.begin(), ours.end(), element.value, before),
                  std::move(element));
    }
    std::erase_if(ours, [](const SetElement& element) { return element.dots.empty(); });
  }

  void join(Rare& ours, const Rare& theirs) const {
    join(ours.marks, theirs.marks);
    join(ours.keeps, theirs.keeps);
    join(ours.restores, theirs.restores);
    join(ours.withdrawn, theirs.withdrawn);
    drop_early_marks(ours_.changes, ours);
    join(ours.moves, theirs.moves);
    join(ours.last_writer, theirs.last_writer);
    join(ours.ranked, theirs.ranked);
  }

  void join_extras(Extras& ours, const Extras& theirs) const {
    for (std::size_t kind = 0; kind < std::size(ours.present); ++kind) {
      join(ours.present[kind], theirs.present[kind]);
    }
    if (!ours.rare->vacant() || !theirs.rare->vacant()) join(ours.rare.make(), *theirs.rare);
    join_set(ours.set, theirs.set);
    join(ours.counts, theirs.counts);
    join(ours.bases, theirs.bases);
    ours.list.merge(ours_.changes, theirs.list, number_);
    ours.text.merge(ours_.changes, theirs.text, number_);
  }

  /// `theirs` may be missing.
  void join(Node& ours, const Node* theirs) {
    static const Node kNothing;
    const Node& other = theirs != nullptr ? *theirs : kNothing;
    join(ours.values, other.values);
    static const Extras kNoExtras;
    if (ours.extras || other.extras) {
      join_extras(ours.more(), other.extras ? *other.extras : kNoExtras);
    }
    for (const Child& child : other.children) {  // first, because it may add children to ours
      if (child.is_element) {
        ours.child(ours_.changes, ours_of(child.element));
      } else {
        ours.child(child.name);
      }
    }
    for (Child& child : ours.children) join(child.node, their_child(child, other));
  }

  const Node* their_child(const Child& ours, const Node& theirs) const {
    const Child* child = nullptr;
    if (!ours.is_element) {
      child = theirs.find(ours.name);
    } else if (const auto dot = theirs_.changes.find(ours_.changes.global(ours.element))) {
      child = theirs.find(theirs_.changes, *dot);
    }
    return child != nullptr ? &child->node : nullptr;
  }

  State::Table& ours_;
  const State::Table& theirs_;
  std::vector<std::uint32_t> number_;
};

}  // namespace

void State::merge(const State& other) {
  if (&other == this) return;
  unhide(*table_);
  Table theirs(*other.table_);
  unhide(theirs);
  Joiner(*table_, theirs).run();
}

}  // namespace relais::document

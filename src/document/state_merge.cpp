#include <algorithm>

#include "document/table.h"
#include "document/value_code.h"

namespace relais::document {
namespace {

/// Joins `theirs` into `ours`: what both have stays, and what one has stays unless the other has
/// seen it and has it no more.
class Joiner {
 public:
  Joiner(State::Table& ours, const State::Table& theirs) : ours_(ours), theirs_(theirs) {
    number_.reserve(theirs.changes.size());
    for (std::uint32_t i = 0; i < theirs.changes.size(); ++i) {
      number_.push_back(ours.changes.intern(theirs.changes[i].position, theirs.changes[i].stamp));
    }
  }

  void run() {
    join(ours_.root, &theirs_.root, {});
    ours_.root.prune();
    for (const Position& entry : theirs_.context.entries()) {
      ours_.context.advance(entry.author, entry.seq);
    }
  }

 private:
  /// Whether a deletion of the path, or above, is known to one side only.
  struct Unseen {
    bool by_them = false;
    bool by_us = false;
  };

  bool they_saw(const LocalDot& ours) const {
    const Position& position = ours_.changes[ours.change].position;
    return theirs_.context.covers(position.author, position.seq);
  }
  bool we_saw(const LocalDot& theirs) const {
    const Position& position = theirs_.changes[theirs.change].position;
    return ours_.context.covers(position.author, position.seq);
  }
  LocalDot ours_of(const LocalDot& theirs) const {
    return {number_[theirs.change], theirs.index, theirs.revived};
  }

  /// `dot_of` gives the dot in an item, `copy` makes ours of theirs.
  template <class Items, class DotOf, class Copy>
  void join_items(Items& ours, const Items& theirs, const Unseen& unseen, const DotOf& dot_of,
                  const Copy& copy) const {
    using Item = typename Items::value_type;
    for (Item& item : ours) {
      if (!they_saw(dot_of(item))) dot_of(item).revived |= unseen.by_us ? 1 : 0;
    }
    Items kept;
    for (Item& item : ours) {
      const bool both = std::any_of(theirs.begin(), theirs.end(), [&](const Item& other) {
        const LocalDot& dot = dot_of(other);
        if (!ours_of(dot).same(dot_of(item))) return false;
        dot_of(item).revived |= dot.revived;
        return true;
      });
      if (both || !they_saw(dot_of(item))) kept.push_back(std::move(item));
    }
    for (const Item& item : theirs) {
      if (we_saw(dot_of(item))) continue;
      kept.push_back(copy(item));
      dot_of(kept.back()).revived |= unseen.by_them ? 1 : 0;
    }
    ours = std::move(kept);
  }

  void join(Dots& ours, const Dots& theirs, const Unseen& unseen) const {
    join_items(
        ours, theirs, unseen, [](auto& dot) -> auto& { return dot; },
        [this](const LocalDot& dot) { return ours_of(dot); });
  }

  void join(Versions& ours, const Versions& theirs, const Unseen& unseen) const {
    join_items(
        ours, theirs, unseen, [](auto& version) -> auto& { return version.dot; },
        [this](const Versioned& version) {
          return Versioned{version.value, ours_of(version.dot), version.rank};
        });
  }

  void join(std::vector<Void>& ours, const std::vector<Void>& theirs) const {
    join_items(
        ours, theirs, {}, [](auto& it) -> auto& { return it.dot; },
        [this](const Void& it) {
          return Void{ours_of(it.dot), it.reason};
        });
  }

  void join(std::vector<Moved>& ours, const std::vector<Moved>& theirs) const {
    join_items(
        ours, theirs, {}, [](auto& move) -> auto& { return move.dot; },
        [this](const Moved& move) {
          return Moved{ours_of(move.element), ours_of(move.dot)};
        });
  }

  void join_totals(std::vector<Total>& ours, const std::vector<Total>& theirs) const {
    for (const Total& total : theirs) {
      const LocalDot dot = ours_of(total.dot);
      const auto known = std::find_if(ours.begin(), ours.end(), [&](const Total& other) {
        return ours_.changes.author(other.dot) == ours_.changes.author(dot);
      });
      if (known == ours.end()) {
        ours.push_back({dot, total.total});
      } else if (ours_.changes.less(known->dot, dot)) {
        *known = {dot, total.total};
      } else if (known->dot.same(dot)) {
        known->total = std::max(known->total, total.total);
      }
    }
  }

  void join_set(std::vector<SetElement>& ours, const std::vector<SetElement>& theirs,
                const Unseen& unseen) const {
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
      join(joined.dots, element.dots, unseen);
      ours.push_back(std::move(joined));
    }
    for (SetElement& element : unmatched) {
      join(element.dots, {}, unseen);
      ours.insert(std::lower_bound(ours.begin(), ours.end(), element.value, before),
                  std::move(element));
    }
    std::erase_if(ours, [](const SetElement& element) { return element.dots.empty(); });
  }

  void join(Rare& ours, const Rare& theirs, const Unseen& unseen) const {
    join(ours.deletions, theirs.deletions, {});
    join(ours.voids, theirs.voids);
    join(ours.moves, theirs.moves);
    join(ours.last_writer, theirs.last_writer, unseen);
    join(ours.ranked, theirs.ranked, unseen);
  }

  void join_extras(Extras& ours, const Extras& theirs, const Unseen& unseen) const {
    for (std::size_t kind = 0; kind < std::size(ours.present); ++kind) {
      join(ours.present[kind], theirs.present[kind], unseen);
    }
    if (!ours.rare->vacant() || !theirs.rare->vacant()) {
      join(ours.rare.make(), *theirs.rare, unseen);
    }
    join_set(ours.set, theirs.set, unseen);
    join_totals(ours.counts, theirs.counts);
    join_totals(ours.bases, theirs.bases);
    ours.list.merge(ours_.changes, theirs.list, number_);
    ours.text.merge(ours_.changes, theirs.text, number_);
  }

  /// `theirs` may be missing; `above` is of the nodes above.
  void join(Node& ours, const Node* theirs, Unseen above) {
    static const Node kNothing;
    const Node& other = theirs != nullptr ? *theirs : kNothing;
    if (ours.extras) {
      for (const LocalDot& dot : ours.extras->rare->deletions) above.by_them |= !they_saw(dot);
    }
    if (other.extras) {
      for (const LocalDot& dot : other.extras->rare->deletions) above.by_us |= !we_saw(dot);
    }
    join(ours.values, other.values, above);
    static const Extras kNoExtras;
    if (ours.extras || other.extras) {
      join_extras(ours.more(), other.extras ? *other.extras : kNoExtras, above);
    }
    for (const Child& child : other.children) {  // first, for it may add to ours
      if (child.is_element) {
        ours.child(ours_.changes, ours_of(child.element));
      } else {
        ours.child(child.name);
      }
    }
    for (Child& child : ours.children) join(child.node, their_child(child, other), above);
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
  Joiner(*table_, *other.table_).run();
}

}  // namespace relais::document

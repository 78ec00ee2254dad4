#include "document/codec/state_uses.h"

#include <algorithm>

namespace relais::document {

using state_layout::Use;

namespace {

class Uses {
 public:
  explicit Uses(std::size_t changes) : uses_(changes, Use::none) {}

  void refer(const LocalDot& dot, Use use) { uses_[dot.change] = std::max(uses_[dot.change], use); }
  void note(const Dots& dots) {
    for (const LocalDot& dot : dots) refer(dot, Use::written);
  }
  void note(const Sequence& sequence) {
    for (auto at = sequence.head(); at != Sequence::kNone; at = sequence.run(at).after) {
      refer(sequence.run(at).first, Use::written);
    }
  }
  void note(const Rare& rare) {
    for (const Mark& mark : rare.marks) {
      refer(mark.dot, Use::written);
      for (const std::uint32_t change : mark.covered) refer({change, 0, 0}, Use::referred);
    }
    for (const Keep& keep : rare.keeps) refer(keep.dot, Use::written);
    note(rare.restores);
    for (const Withdrawn& gone : rare.withdrawn) {
      refer(gone.mark, Use::referred);
      for (const LocalDot& dot : gone.by) refer(dot, Use::referred);
    }
    note(rare.last_writer);
    note(rare.ranked);
    for (const Moved& move : rare.moves) {
      refer(move.dot, Use::written);
      refer(move.element, Use::referred);
    }
  }
  void note(const Extras& extras) {
    for (const Dots& dots : extras.present) note(dots);
    note(*extras.rare);
    for (const SetElement& element : extras.set) note(element.dots);
    for (const Total& count : extras.counts) refer(count.dot, Use::written);
    for (const Base& base : extras.bases) {
      refer(base.dot, Use::referred);
      refer(base.by, Use::referred);
    }
    note(extras.list);
    note(extras.text);
  }
  void note(const Versions& versions) {
    for (const Versioned& version : versions) refer(version.dot, Use::written);
  }
  void note(const Node& node) {
    note(node.values);
    if (node.extras) note(*node.extras);
    for (const Child& child : node.children) {
      if (child.is_element) refer(child.element, Use::referred);
      note(child.node);
    }
  }

  std::vector<Use> take() { return std::move(uses_); }

 private:
  std::vector<Use> uses_;
};

}  // namespace

std::vector<Use> uses_of(const State::Table& table) {
  Uses uses(table.changes.size());
  uses.note(table.root);
  if (table.hidden) uses.note(*table.hidden);
  return uses.take();
}

Context::Entries authors_of(const State::Table& table, const std::vector<Use>& uses) {
  const Context::Entries& here = table.context.entries();
  Context::Entries named;
  for (const std::uint32_t change : table.changes.sorted()) {
    const AuthorId& author = table.changes[change].position.author;
    if (uses[change] == Use::none || table.context.last(author) != 0) continue;
    if (named.empty() || named.back().author != author) named.push_back({author, 0});
  }
  if (named.empty()) return here;
  Context::Entries authors(here.size() + named.size());
  std::merge(here.begin(), here.end(), named.begin(), named.end(), authors.begin());
  return authors;
}

}  // namespace relais::document

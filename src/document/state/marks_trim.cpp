#include <algorithm>

#include "document/state/each_dot.h"
#include "document/state/marks.h"

namespace relais::document {
namespace {

/// Walks both trees and collects, per mark, the changes with items at its path or below.
class Trimmer {
 public:
  explicit Trimmer(State::Table& table) : table_(table) {}

  void run() {
    static const Node kNothing;
    walk(table_.root, table_.hidden ? *table_.hidden : kNothing);
  }

 private:
  void walk(Node& node, const Node& hidden) {
    static const Node kNothing;
    const ChangeTable& changes = table_.changes;
    Rare* rare = node.extras ? node.extras->rare.get() : nullptr;
    const std::size_t above = marks_.size();
    if (rare != nullptr) {
      drop_keeps(*rare);
      for (const Mark& mark : rare->marks) push(mark);
    }
    note(node);
    note(hidden);
    for (Child& child : node.children) {
      const Child* beside =
          child.is_element ? hidden.find(changes, child.element) : hidden.find(child.name);
      walk(child.node, beside != nullptr ? beside->node : kNothing);
    }
    for (const Child& child : hidden.children) {
      const Child* beside =
          child.is_element ? node.find(changes, child.element) : node.find(child.name);
      if (beside == nullptr) each_dot(child.node, [this](const LocalDot& dot) { note(dot); });
    }
    if (node.extras) drop_bases(*node.extras);
    if (rare != nullptr) trim(*rare, above);
    marks_.resize(above);
    met_.resize(above);
  }

  void push(const Mark& mark) {
    marks_.push_back(&mark);
    met_.emplace_back(table_.changes.size(), false);
  }
  void note(const LocalDot& dot) {
    for (std::vector<bool>& met : met_) met[dot.change] = true;
  }
  void note(const Node& node) {
    if (marks_.empty()) return;
    for (const Versioned& version : node.values) note(version.dot);
    if (node.extras) each_dot(*node.extras, [this](const LocalDot& dot) { note(dot); });
  }

  void drop_bases(Extras& extras) const {
    std::erase_if(extras.bases, [this](const Base& base) {
      return base.of_mark && mark_of(marks_, base) == nullptr;
    });
  }

  static void drop_keeps(Rare& rare) {
    const auto is_gone = [&rare](const LocalDot& dot) {
      return std::none_of(rare.marks.begin(), rare.marks.end(),
                          [&dot](const Mark& mark) { return mark.dot.same(dot); });
    };
    for (Keep& keep : rare.keeps) std::erase_if(keep.marks, is_gone);
    std::erase_if(rare.keeps, [](const Keep& keep) { return keep.marks.empty(); });
  }

  void trim(Rare& rare, std::size_t above) {
    for (std::size_t i = 0; i < rare.marks.size(); ++i) {
      const std::vector<bool>& met = met_[above + i];
      const auto is_nothing = [&met](std::uint32_t change) { return !met[change]; };
      // A by-content change that isn't here may still arrive.
      std::erase_if(rare.marks[i].covered, [&](std::uint32_t change) {
        const Position& position = table_.changes[change].position;
        return is_nothing(change) && table_.context.covers(position.author, position.seq);
      });
      std::erase_if(rare.marks[i].later, is_nothing);
    }
  }

  State::Table& table_;
  std::vector<const Mark*> marks_;
  std::vector<std::vector<bool>> met_;
};

}  // namespace

void trim(State::Table& table) {
  Trimmer(table).run();
  table.root.prune();
  if (!table.hidden) return;
  table.hidden->prune();
  if (table.hidden->vacant()) table.hidden.reset();
}

}  // namespace relais::document

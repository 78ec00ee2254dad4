#include "document/drop.h"

namespace relais::document {

void drop_listed(Node& node, const std::vector<LocalDot>& listed) {
  drop_listed(node.values, listed);
  if (!node.extras) return;
  Extras& extras = *node.extras;
  if (Rare* rare = extras.rare.get()) {
    drop_listed(rare->last_writer, listed);
    drop_listed(rare->ranked, listed);
    drop_listed(rare->moves, listed);
  }
  for (Dots& dots : extras.present) drop_listed(dots, listed);
  for (SetElement& element : extras.set) drop_listed(element.dots, listed);
  std::erase_if(extras.set, [](const SetElement& element) { return element.dots.empty(); });
}

void withdraw_marks(Rare& rare, const std::vector<LocalDot>& listed, const LocalDot& by) {
  for (const LocalDot& dot : listed) {
    const auto gone = std::find_if(rare.withdrawn.begin(), rare.withdrawn.end(),
                                   [&dot](const Withdrawn& it) { return it.mark.same(dot); });
    const auto mark = std::find_if(rare.marks.begin(), rare.marks.end(),
                                   [&dot](const Mark& it) { return it.dot.same(dot); });
    if (gone != rare.withdrawn.end()) {
      gone->by.push_back(by);
    } else if (mark != rare.marks.end()) {
      rare.withdrawn.push_back({dot, {by}});
      rare.marks.erase(mark);
    }
  }
}

void keep_latest(const ChangeTable& changes, std::vector<Base>& bases, const Base& base) {
  for (Base& known : bases) {
    if (known.of_mark || changes.author(known.dot) != changes.author(base.dot)) continue;
    if (base.is_beyond(known, changes)) known = base;
    return;
  }
  bases.push_back(base);
}

}  // namespace relais::document

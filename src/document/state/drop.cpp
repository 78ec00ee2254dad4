#include "document/state/drop.h"

#include <map>

#include "base/limits.h"

namespace relais::document {
namespace {

using Place = std::pair<std::uint64_t, std::uint32_t>;  // in an author's log

Place place_of(const ChangeTable& changes, const LocalDot& dot) {
  return {changes[dot.change].position.seq, dot.index};
}

/// Per author with too many marks: the first one that counts.
std::map<AuthorId, Place> first_that_count(const ChangeTable& changes, const Rare& rare) {
  std::map<AuthorId, std::vector<Place>> all;
  for (const Mark& mark : rare.marks) {
    all[changes.author(mark.dot)].push_back(place_of(changes, mark.dot));
  }
  for (const Withdrawn& gone : rare.withdrawn) {
    all[changes.author(gone.mark)].push_back(place_of(changes, gone.mark));
  }
  std::map<AuthorId, Place> first;
  for (auto& [author, places] : all) {
    if (places.size() <= limits::kMarksAtOnePath) continue;
    const auto at = places.end() - static_cast<std::ptrdiff_t>(limits::kMarksAtOnePath);
    std::nth_element(places.begin(), at, places.end());
    first[author] = *at;
  }
  return first;
}

}  // namespace

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

bool drop_early_marks(const ChangeTable& changes, Rare& rare) {
  if (rare.marks.size() + rare.withdrawn.size() <= limits::kMarksAtOnePath) return false;
  const auto first = first_that_count(changes, rare);
  const auto is_early = [&](const LocalDot& dot) {
    const auto of_author = first.find(changes.author(dot));
    return of_author != first.end() && place_of(changes, dot) < of_author->second;
  };
  std::erase_if(rare.marks, [&](const Mark& mark) { return is_early(mark.dot); });
  std::erase_if(rare.withdrawn, [&](const Withdrawn& gone) { return is_early(gone.mark); });
  return !first.empty();
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

#include "simulator/undoing.h"

#include <algorithm>

namespace relais::simulator {
namespace {

template <class T>
std::vector<T> without(std::vector<T> all, const std::vector<T>& some) {
  std::erase_if(all, [&](const T& one) { return contains(some, one); });
  return all;
}

/// False if that can't be told.
bool foresee_values(const Deed& deed, const Reading& now, Undoing& undoing) {
  const auto wrote = without(deed.after.values, deed.before.values);
  const auto replaced = without(deed.before.values, deed.after.values);
  undoing.mine = without(wrote, without(wrote, now.values));
  if (wrote.empty() && !replaced.empty() && !now.values.empty()) return false;
  if (wrote.empty() || !undoing.mine.empty()) undoing.again = replaced;
  const auto others = without(now.values, undoing.mine);
  const auto is_theirs = [&](const Sibling& one) { return find(others, one.token) != nullptr; };
  if (std::any_of(wrote.begin(), wrote.end(), is_theirs)) return false;
  if (std::any_of(replaced.begin(), replaced.end(), is_theirs)) return false;
  const auto other_voids = without(now.voids, without(deed.after.voids, deed.before.voids));
  undoing.is_hidden_by_others = wrote.empty() && !other_voids.empty();
  undoing.result.values = others;
  for (const Sibling& one : undoing.again) undoing.result.values.push_back(one);
  return true;
}

bool has_twins(const std::vector<std::string>& elements) {
  return std::set<std::string>(elements.begin(), elements.end()).size() < elements.size();
}

void foresee_elements(const Deed& deed, const Reading& now, Undoing& undoing) {
  const bool is_text = deed.before.kind == FieldKind::text || deed.after.kind == FieldKind::text;
  const auto added = without(deed.after.elements, deed.before.elements);
  undoing.added = without(added, without(added, now.elements));
  undoing.removed = without(deed.before.elements, deed.after.elements);
  if (!is_text) undoing.removed = without(undoing.removed, now.elements);
  auto& result = undoing.result.elements;
  result = without(now.elements, undoing.added);
  result.insert(result.end(), undoing.removed.begin(), undoing.removed.end());
}

}  // namespace

std::optional<Undoing> foresee_undo(const Deed& deed, const Reading& now) {
  for (const Reading* reading : {&deed.before, &deed.after, &now}) {
    if (has_twins(reading->elements)) return std::nullopt;
  }
  Undoing undoing;
  if (!foresee_values(deed, now, undoing)) return std::nullopt;
  foresee_elements(deed, now, undoing);
  undoing.counted = deed.after.count - deed.before.count;
  undoing.result.count = now.count - undoing.counted;
  undoing.exact = now == deed.after;
  if (undoing.exact) undoing.result = deed.before;
  return undoing;
}

}  // namespace relais::simulator

#include "document/edit/diff.h"

#include <algorithm>

namespace relais::document {
namespace {

/// Myers' greedy search. Diagonal k holds the furthest x with y = x - k; each round's values are
/// kept for the backward walk.
class Search {
 public:
  Search(std::u32string_view from, std::u32string_view to) : from_(from), to_(to) {}

  /// False if more than kMaxEdits are needed.
  bool run() {
    for (int d = 0; d <= kMaxEdits; ++d) {
      std::vector<int> furthest(static_cast<std::size_t>(2 * d + 1));
      for (int k = -d; k <= d; k += 2) {
        int x = d == 0 ? 0 : start(d, k);
        while (x < size(from_) && x - k < size(to_) && at(from_, x) == at(to_, x - k)) ++x;
        furthest[place(d, k)] = x;
        if (x == size(from_) && x - k == size(to_)) {
          rounds_.push_back(std::move(furthest));
          return true;
        }
      }
      rounds_.push_back(std::move(furthest));
    }
    return false;
  }

  /// The edits, with adjacent ones joined.
  std::vector<Splice> splices() const {
    std::vector<Splice> back;
    int x = size(from_);
    int y = size(to_);
    for (int d = static_cast<int>(rounds_.size()) - 1; d > 0; --d) {
      const int k = x - y;
      const bool inserts = comes_from_insertion(d, k);
      x = reach(d - 1, inserts ? k + 1 : k - 1);
      y = x - (inserts ? k + 1 : k - 1);
      const Splice edit{static_cast<std::size_t>(x), inserts ? 0U : 1U, static_cast<std::size_t>(y),
                        inserts ? 1U : 0U};
      const bool touches = !back.empty() && back.back().position == edit.position + edit.removed &&
                           back.back().from == edit.from + edit.inserted;
      if (!touches) {
        back.push_back(edit);
        continue;
      }
      Splice& next = back.back();
      next = {edit.position, next.removed + edit.removed, edit.from, next.inserted + edit.inserted};
    }
    std::reverse(back.begin(), back.end());
    return back;
  }

 private:
  static int size(std::u32string_view text) { return static_cast<int>(text.size()); }
  static char32_t at(std::u32string_view text, int i) { return text[static_cast<std::size_t>(i)]; }

  /// The index of diagonal k among those from -d to d.
  static std::size_t place(int d, int k) {
    const int at = k + d;
    return static_cast<std::size_t>(at);
  }

  /// The furthest x on diagonal k with d edits; -1 if out of reach or outside the texts.
  int reach(int d, int k) const {
    if (k < -d || k > d) return -1;
    const int x = rounds_[static_cast<std::size_t>(d)][place(d, k)];
    return x <= size(from_) && x - k <= size(to_) ? x : -1;
  }
  bool can_remove(int d, int k) const {
    const int removal = reach(d - 1, k - 1);
    return removal >= 0 && removal < size(from_);
  }
  bool comes_from_insertion(int d, int k) const {
    const int insertion = reach(d - 1, k + 1);
    if (insertion < 0 || insertion - k > size(to_)) return false;
    return !can_remove(d, k) || insertion > reach(d - 1, k - 1);
  }
  int start(int d, int k) const {
    if (comes_from_insertion(d, k)) return reach(d - 1, k + 1);
    return can_remove(d, k) ? reach(d - 1, k - 1) + 1 : size(from_) + size(to_) + 1;
  }

  std::u32string_view from_;
  std::u32string_view to_;
  std::vector<std::vector<int>> rounds_;
};

}  // namespace

std::vector<Splice> diff(std::u32string_view from, std::u32string_view to) {
  const auto same_front = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  const auto front = static_cast<std::size_t>(same_front.first - from.begin());
  from.remove_prefix(front);
  to.remove_prefix(front);
  const auto same_back = std::mismatch(from.rbegin(), from.rend(), to.rbegin(), to.rend());
  const auto back = static_cast<std::size_t>(same_back.first - from.rbegin());
  from.remove_suffix(back);
  to.remove_suffix(back);
  if (from.empty() && to.empty()) return {};
  std::vector<Splice> splices{{0, from.size(), 0, to.size()}};
  if (!from.empty() && !to.empty()) {
    Search search(from, to);
    if (search.run()) splices = search.splices();
  }
  for (Splice& splice : splices) {
    splice.position += front;
    splice.from += front;
  }
  return splices;
}

}  // namespace relais::document

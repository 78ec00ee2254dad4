#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

/// Matches the elements of a list's new version to those of its old version. Header-only, so that
/// targets which don't link this folder can use it.
namespace relais {

struct AlignItem {
  std::string id;             ///< empty: none
  std::uint32_t content = 0;  ///< equal for equal elements
  /// Numbers of the element's parts (of an object: of each field with its value), each once. They
  /// identify an element that was edited.
  std::vector<std::uint32_t> traits{};
};

/// For each item of `after`: its index in `before`; nothing if it is new.
using Matches = std::vector<std::optional<std::size_t>>;

namespace alignment {

using Places = std::vector<std::size_t>;
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

inline constexpr std::size_t kTableCells = std::size_t{4} * 1024 * 1024;

/// The elements of both lists without an id.
struct Open {
  const std::vector<AlignItem>& before;
  const std::vector<AlignItem>& after;
  Places old_places{};
  Places new_places{};

  bool equal(std::size_t old_at, std::size_t new_at) const {
    return before[old_places[old_at]].content == after[new_places[new_at]].content;
  }
};

inline Matches match_by_id(const std::vector<AlignItem>& before,
                           const std::vector<AlignItem>& after) {
  Matches matches(after.size());
  // Two devices may write the same id: duplicates are matched in list order.
  std::unordered_map<std::string, std::deque<std::size_t>> places;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!before[i].id.empty()) places[before[i].id].push_back(i);
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto found = after[i].id.empty() ? places.end() : places.find(after[i].id);
    if (found == places.end() || found->second.empty()) continue;
    matches[i] = found->second.front();
    found->second.pop_front();
  }
  return matches;
}

/// A longest common subsequence of the ranges from `front` to the ends, as ascending pairs (old,
/// new), by a table of the lengths for all suffixes (Wagner and Fischer, 1974). Empty if the table
/// would exceed kTableCells.
inline Pairs common_between(const Open& open, std::size_t front, std::size_t old_end,
                            std::size_t new_end) {
  const std::size_t rows = old_end - front;
  const std::size_t columns = new_end - front;
  if (rows == 0 || columns == 0 || rows > kTableCells / columns) return {};
  std::vector<std::uint16_t> lengths((rows + 1) * (columns + 1));
  const auto length = [&](std::size_t row, std::size_t column) -> std::uint16_t& {
    return lengths[row * (columns + 1) + column];
  };
  for (std::size_t row = rows; row-- > 0;) {
    for (std::size_t column = columns; column-- > 0;) {
      length(row, column) = open.equal(front + row, front + column)
                                ? static_cast<std::uint16_t>(length(row + 1, column + 1) + 1)
                                : std::max(length(row + 1, column), length(row, column + 1));
    }
  }
  Pairs pairs;
  for (std::size_t row = 0, column = 0; row < rows && column < columns;) {
    if (open.equal(front + row, front + column)) {
      pairs.emplace_back(front + row++, front + column++);
    } else if (length(row + 1, column) >= length(row, column + 1)) {
      ++row;
    } else {
      ++column;
    }
  }
  return pairs;
}

inline Pairs common(const Open& open) {
  std::size_t old_end = open.old_places.size();
  std::size_t new_end = open.new_places.size();
  Pairs pairs;
  std::size_t front = 0;
  while (front < std::min(old_end, new_end) && open.equal(front, front)) {
    pairs.emplace_back(front, front);
    ++front;
  }
  Pairs back;
  while (std::min(old_end, new_end) > front && open.equal(old_end - 1, new_end - 1)) {
    back.emplace_back(--old_end, --new_end);
  }
  const Pairs middle = common_between(open, front, old_end, new_end);
  pairs.insert(pairs.end(), middle.begin(), middle.end());
  pairs.insert(pairs.end(), back.rbegin(), back.rend());
  return pairs;
}

/// Matches equal elements at any distance: they were moved.
inline void match_moved(const Open& open, Matches& matches, std::vector<bool>& taken) {
  std::map<std::uint32_t, std::deque<std::size_t>> places;
  for (const std::size_t old_at : open.old_places) {
    if (!taken[old_at]) places[open.before[old_at].content].push_back(old_at);
  }
  for (const std::size_t new_at : open.new_places) {
    const auto found = places.find(open.after[new_at].content);
    if (matches[new_at] || found == places.end() || found->second.empty()) continue;
    matches[new_at] = found->second.front();
    taken[found->second.front()] = true;
    found->second.pop_front();
  }
}

/// Pairs (old, new), with the number of traits that each pair shares and no other element has.
inline std::map<std::pair<std::size_t, std::size_t>, std::size_t> kept_traits(const Open& open) {
  struct Holders {
    std::size_t count[2] = {0, 0};
    std::size_t place[2] = {0, 0};
  };
  std::unordered_map<std::uint32_t, Holders> holders;
  const auto add = [&](const std::vector<AlignItem>& items, const Places& places, int side) {
    for (const std::size_t place : places) {
      for (const std::uint32_t trait : items[place].traits) {
        ++holders[trait].count[side];
        holders[trait].place[side] = place;
      }
    }
  };
  add(open.before, open.old_places, 0);
  add(open.after, open.new_places, 1);
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> kept;
  for (const auto& [trait, of] : holders) {
    if (of.count[0] == 1 && of.count[1] == 1) ++kept[{of.place[0], of.place[1]}];
  }
  return kept;
}

/// Matches the pairs that share the most such traits first: they were edited.
inline void match_similar(const Open& open, Matches& matches, std::vector<bool>& taken) {
  struct Candidate {
    std::size_t kept;
    std::size_t old_at;
    std::size_t new_at;
  };
  std::vector<Candidate> candidates;
  for (const auto& [pair, kept] : kept_traits(open)) {
    candidates.push_back({kept, pair.first, pair.second});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.kept > b.kept; });
  for (const Candidate& candidate : candidates) {
    if (taken[candidate.old_at] || matches[candidate.new_at]) continue;
    matches[candidate.new_at] = candidate.old_at;
    taken[candidate.old_at] = true;
  }
}

/// Matches what is left between two anchors, in order: it was edited.
inline void match_edited(const Open& open, Pairs anchors, Matches& matches,
                         const std::vector<bool>& taken) {
  anchors.emplace_back(open.old_places.size(), open.new_places.size());
  std::size_t old_at = 0;
  std::size_t new_at = 0;
  for (const auto& [old_end, new_end] : anchors) {
    for (;; ++old_at, ++new_at) {
      while (old_at < old_end && taken[open.old_places[old_at]]) ++old_at;
      while (new_at < new_end && matches[open.new_places[new_at]]) ++new_at;
      if (old_at == old_end || new_at == new_end) break;
      matches[open.new_places[new_at]] = open.old_places[old_at];
    }
    old_at = old_end;
    new_at = new_end;
  }
}

}  // namespace alignment

/// Matches elements with an id by id. The others are matched in four passes: a longest common
/// subsequence of equal elements; equal elements elsewhere (moved); the pairs that share the most
/// traits of no other element (edited); what is left between two elements of the subsequence, in
/// order (edited). If the lists differ in more than about 2 000 × 2 000 elements, the first pass
/// takes only their common prefix and suffix.
inline Matches align_lists(const std::vector<AlignItem>& before,
                           const std::vector<AlignItem>& after) {
  Matches matches = alignment::match_by_id(before, after);
  std::vector<bool> taken(before.size());
  for (const auto& match : matches) {
    if (match) taken[*match] = true;
  }
  alignment::Open open{before, after};
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].id.empty()) open.old_places.push_back(i);
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i].id.empty()) open.new_places.push_back(i);
  }
  const alignment::Pairs anchors = alignment::common(open);
  for (const auto& [old_at, new_at] : anchors) {
    matches[open.new_places[new_at]] = open.old_places[old_at];
    taken[open.old_places[old_at]] = true;
  }
  alignment::match_moved(open, matches, taken);
  alignment::match_similar(open, matches, taken);
  alignment::match_edited(open, anchors, matches, taken);
  return matches;
}

/// Marks a longest ascending subsequence: the elements that don't have to move (Fredman, "On
/// computing the length of longest increasing subsequences", 1975).
inline std::vector<bool> ascending(const std::vector<std::size_t>& places) {
  std::vector<std::size_t> ends;  // by length: index of the smallest last element
  std::vector<std::size_t> previous(places.size(), places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto end =
        std::lower_bound(ends.begin(), ends.end(), places[i],
                         [&](std::size_t at, std::size_t place) { return places[at] < place; });
    if (end != ends.begin()) previous[i] = *std::prev(end);
    if (end == ends.end()) {
      ends.push_back(i);
    } else {
      *end = i;
    }
  }
  std::vector<bool> kept(places.size());
  for (std::size_t at = ends.empty() ? places.size() : ends.back(); at < places.size();
       at = previous[at]) {
    kept[at] = true;
  }
  return kept;
}

}  // namespace relais

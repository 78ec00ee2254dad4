#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "document/state/table.h"

namespace relais::document {

/// A cache of a result per change, for the items under the marks at a path and above. A mark covers
/// all items of a change or none, unless the change is its own. With many marks, each change is
/// examined once instead of each item.
class PerChange {
 public:
  static constexpr std::size_t kNothing = SIZE_MAX;

  /// Enters a node with these marks; `leave` leaves it.
  void enter(const std::vector<Mark>& marks) {
    for (const Mark& mark : marks) ++own_[mark.dot.change];
    levels_.push_back({marks_, {}});
    marks_ += marks.size();
  }
  void leave(const std::vector<Mark>& marks) {
    for (const Mark& mark : marks) --own_[mark.dot.change];
    marks_ = levels_.back().marks_above;
    levels_.pop_back();
  }
  /// The change's cached result, to be set if it is kNothing. Null: examine each item.
  std::size_t* find(const LocalDot& dot) {
    static constexpr std::size_t kFew = 8;
    if (marks_ <= kFew) return nullptr;
    const auto own = own_.find(dot.change);
    if (own != own_.end() && own->second != 0) return nullptr;
    return &levels_.back().found.try_emplace(dot.change, kNothing).first->second;
  }

 private:
  struct Level {
    std::size_t marks_above;
    std::unordered_map<std::uint32_t, std::size_t> found;
  };
  std::vector<Level> levels_;
  std::unordered_map<std::uint32_t, std::size_t> own_;  ///< change → the number of its marks
  std::size_t marks_ = 0;
};

}  // namespace relais::document

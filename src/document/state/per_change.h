#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "document/state/table.h"

namespace relais::document {

/// What is found out of one thing under the marks at its path and above, kept for all of the same
/// change there: a mark covers all of them or none, unless the change is its own. Where marks are
/// many, things are looked at once a change.
class PerChange {
 public:
  static constexpr std::size_t kNothing = SIZE_MAX;

  /// Below a node with these marks, until `leave`.
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
  /// What was found, or kNothing: to be set. Null: each is to be looked at.
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
  std::unordered_map<std::uint32_t, std::size_t> own_;  ///< change: its marks
  std::size_t marks_ = 0;
};

}  // namespace relais::document

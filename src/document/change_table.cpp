#include "document/change_table.h"

#include <algorithm>

namespace relais::document {

std::size_t ChangeTable::lower_bound(const Position& position) const {
  // Nearly always the newest position.
  if (!sorted_.empty() && entries_[sorted_.back()].position < position) return sorted_.size();
  const auto at = std::lower_bound(
      sorted_.begin(), sorted_.end(), position,
      [this](std::uint32_t change, const Position& p) { return entries_[change].position < p; });
  return static_cast<std::size_t>(at - sorted_.begin());
}

std::uint32_t ChangeTable::intern(const Position& position, Stamp stamp) {
  const std::size_t at = lower_bound(position);
  if (at < sorted_.size() && entries_[sorted_[at]].position == position) {
    Entry& entry = entries_[sorted_[at]];
    entry.stamp = std::min(entry.stamp, stamp);
    return sorted_[at];
  }
  const auto number = static_cast<std::uint32_t>(entries_.size());
  sorted_.insert(sorted_.begin() + static_cast<std::ptrdiff_t>(at), number);
  entries_.push_back({position, stamp});
  return number;
}

void ChangeTable::append(const Position& position, Stamp stamp) {
  sorted_.push_back(static_cast<std::uint32_t>(entries_.size()));
  entries_.push_back({position, stamp});
}

std::optional<LocalDot> ChangeTable::find(const Dot& dot) const {
  const Position position{dot.author, dot.seq};
  const std::size_t at = lower_bound(position);
  if (at == sorted_.size() || entries_[sorted_[at]].position != position) return std::nullopt;
  return LocalDot{sorted_[at], dot.index, 0};
}

}  // namespace relais::document

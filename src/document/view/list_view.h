#pragma once

#include <optional>
#include <vector>

#include "document/codec/change_layout.h"
#include "document/state/table.h"

namespace relais::document {

/// A snapshot of a list: its live elements and their units.
class ListView {
 public:
  ListView(const State& state, const Path& list);

  std::size_t size() const { return ids_.size(); }
  const std::vector<Dot>& ids() const { return ids_; }
  /// The element's unit; nothing if its insertion isn't here.
  std::optional<Dot> unit(std::size_t index) const {
    return units_[index] ? std::optional(changes_.global(*units_[index])) : std::nullopt;
  }
  /// The origins of a new element at `index`.
  layout::Neighbours place(std::size_t index) const;

 private:
  const ChangeTable& changes_;
  const Sequence* order_ = nullptr;
  std::vector<Dot> ids_;
  std::vector<std::optional<LocalDot>> units_;
};

}  // namespace relais::document

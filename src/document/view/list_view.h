#pragma once

#include <optional>
#include <vector>

#include "document/codec/change_layout.h"
#include "document/state/table.h"

namespace relais::document {

/// A list as it reads at one moment: its live elements, and where they stand in its order.
class ListView {
 public:
  ListView(const State& state, const Path& list);

  std::size_t size() const { return ids_.size(); }
  const std::vector<Dot>& ids() const { return ids_; }
  /// At which the element stands; nothing if its place is lost.
  std::optional<Dot> unit(std::size_t index) const {
    return units_[index] ? std::optional(changes_.global(*units_[index])) : std::nullopt;
  }
  /// Between which units something new stands that is to be read as the `index`-th element.
  layout::Neighbours place(std::size_t index) const;

 private:
  const ChangeTable& changes_;
  const Sequence* order_ = nullptr;
  std::vector<Dot> ids_;
  std::vector<std::optional<LocalDot>> units_;
};

}  // namespace relais::document

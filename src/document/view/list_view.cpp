#include "document/view/list_view.h"

namespace relais::document {

ListView::ListView(const State& state, const Path& list) : changes_(state.table().changes) {
  const Node* node = state.table().find(list);
  if (node == nullptr) return;
  if (node->extras) order_ = &node->extras->list;
  for (const ListItem& item : live_elements(changes_, *node)) {
    ids_.push_back(changes_.global(item.child->element));
    units_.push_back(item.unit);
  }
}

layout::Neighbours ListView::place(std::size_t index) const {
  if (order_ == nullptr) return {};
  // Elements without a unit come last and have no neighbours.
  std::optional<LocalDot> left;
  for (; index > 0 && !left; --index) left = units_[index - 1];
  const auto right = order_->next(left);
  const auto global = [this](const std::optional<LocalDot>& dot) {
    return dot ? std::optional(changes_.global(*dot)) : std::nullopt;
  };
  return {global(left), global(right)};
}

}  // namespace relais::document

#pragma once

#include <cstdint>
#include <span>

#include "document/state/table.h"

namespace relais::document {

/// Where a change stands while its ops are applied. Until all are, no node is removed: `trail` are
/// the nodes of the op before, whose path often starts as the next one's does.
struct Applying {
  const Context& seen;  ///< by the change's author before it
  Position self;
  std::uint32_t number;     ///< the change's, in the table
  std::uint32_t index = 0;  ///< of the next op
  /// By-content changes that it says it saw: its deletions cover these, whoever carries them.
  std::span<const AuthorId> listed{};
  std::vector<Node*> trail{};
  const Path* trail_path = nullptr;
};

/// Applies one op. Every op can be applied to every state: what it names and isn't there has no
/// effect. After what may have emptied a node, `prune` the root.
inline bool may_empty(const Op& op) {
  return std::holds_alternative<op::Delete>(op.what) ||
         std::holds_alternative<op::Restore>(op.what) ||
         std::holds_alternative<op::Keep>(op.what) || std::holds_alternative<op::Clear>(op.what) ||
         std::holds_alternative<op::Withdraw>(op.what);
}
void apply_op(State::Table& table, Applying& change, const Op& op);

}  // namespace relais::document

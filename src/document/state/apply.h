#pragma once

#include <cstdint>
#include <span>

#include "document/state/table.h"

namespace relais::document {

/// The state of applying a change. No node is removed until all ops are applied. `trail`: the nodes
/// on the path of the op before, which often shares its start with the next path.
struct Applying {
  const Context& seen;  ///< by the change's author before it
  Position self;
  std::uint32_t number;     ///< the change's, in the table
  std::uint32_t index = 0;  ///< of the next op
  /// The by-content changes that the change cites: its deletions cover these, whatever their
  /// carrier.
  std::span<const AuthorId> listed{};
  std::vector<Node*> trail{};
  const Path* trail_path = nullptr;
};

/// Whether the op may empty a node: then the caller prunes the root.
inline bool may_empty(const Op& op) {
  return std::holds_alternative<op::Delete>(op.what) ||
         std::holds_alternative<op::Restore>(op.what) ||
         std::holds_alternative<op::Keep>(op.what) || std::holds_alternative<op::Clear>(op.what) ||
         std::holds_alternative<op::Withdraw>(op.what);
}
/// Applies one op. Every op applies to every state: dots that it names and the state lacks are
/// ignored.
void apply_op(State::Table& table, Applying& change, const Op& op);

}  // namespace relais::document

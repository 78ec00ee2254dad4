#pragma once

#include <cstdint>

#include "document/table.h"

namespace relais::document {

/// Where a change stands while its ops are applied.
struct Applying {
  const Context& seen;  ///< by the change's author before it
  Position self;
  std::uint32_t number;     ///< the change's, in the table
  std::uint32_t index = 0;  ///< of the next op
};

/// Applies one op. Every op can be applied to every state: what it names and isn't there has no
/// effect. After a Delete, `prune` the root.
void apply_op(State::Table& table, Applying& change, const Op& op);

}  // namespace relais::document

#pragma once

#include "replica/core.h"

namespace relais::replica {

/// The mesh keys that this device accepts: docs/spec/access.md, "Mesh keys".
struct MeshKeys {
  std::vector<crypto::SymmetricKey> current;  ///< the first is used as the initiator
  /// Those not seen replaced more than limits::kOldMeshKeyTime ago.
  std::vector<crypto::SymmetricKey> old;
};
MeshKeys mesh_keys(const Core& core);

/// Records when this device first saw a mesh key replaced. Call when control has changed.
Status note_mesh_keys(Core& core);

}  // namespace relais::replica

#pragma once

#include "replica/core.h"

namespace relais::replica {

/// The mesh keys a device may be called under. docs/spec/access.md, "Mesh keys".
struct MeshKeys {
  std::vector<crypto::SymmetricKey> current;  ///< the first is the one to call with
  /// Replaced not longer than limits::kOldMeshKeyTime ago, as far as this device has seen.
  std::vector<crypto::SymmetricKey> old;
};
MeshKeys mesh_keys(const Core& core);

/// Remembers when this device first saw a mesh key replaced. Call when control has changed.
Status note_mesh_keys(Core& core);

}  // namespace relais::replica

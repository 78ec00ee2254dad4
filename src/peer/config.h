#pragma once

#include <vector>

#include "access/device_keys.h"
#include "crypto/crypto.h"

namespace relais::peer {

/// A member that calls another.
struct SyncConfig {
  SpaceId space;
  crypto::DhKeyPair noise;        ///< the certified one
  Bytes chain;                    ///< access::certificate_chain of this device
  crypto::SymmetricKey mesh_key;  ///< the current one, as far as is known here
};

/// A device that isn't a member yet and calls its inviter.
struct JoinConfig {
  SpaceId space;
  access::DeviceKeys keys;
  crypto::SymmetricKey invitation;  ///< access::invitation_psk
};

/// A member that is called, by members or by those it has invited.
struct ServeConfig {
  SpaceId space;
  crypto::DhKeyPair noise;
  Bytes chain;
  Bytes first_record;  ///< of the space: what a joiner checks the space's id with
  /// The current ones. With the old ones at most limits::kMeshKeys: the rest isn't tried.
  std::vector<crypto::SymmetricKey> mesh_keys;
  /// Open ones. With the mesh keys at most limits::kPskCandidates: the rest isn't tried.
  std::vector<crypto::SymmetricKey> invitations;
  /// Under one of these, who was away while the key was replaced comes back: this device says who
  /// it is only inside, once the other has proved to be a member that is known here.
  std::vector<crypto::SymmetricKey> old_mesh_keys{};
  crypto::SigningSecretKey signing{};  ///< proves it
};

}  // namespace relais::peer

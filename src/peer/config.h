#pragma once

#include <vector>

#include "access/device_keys.h"
#include "crypto/crypto.h"
#include "log/packing.h"

namespace relais::peer {

/// For a member that calls another.
struct SyncConfig {
  SpaceId space;
  crypto::DhKeyPair noise;                       ///< the certified key
  Bytes chain;                                   ///< access::certificate_chain of this device
  crypto::SymmetricKey mesh_key;                 ///< the newest one known here
  std::uint32_t packer = log::current_packer();  ///< with which blocks are restored
};

/// For a device that is not a member yet and calls its inviter.
struct JoinConfig {
  SpaceId space;
  access::DeviceKeys keys;
  crypto::SymmetricKey invitation;  ///< access::invitation_psk
};

/// For a member that is called, by members or by devices that it has invited.
struct ServeConfig {
  SpaceId space;
  crypto::DhKeyPair noise;
  Bytes chain;
  Bytes first_record;  ///< the space's first record, with which a joiner checks the space id
  /// The current mesh keys. Of these and the old ones, at most limits::kMeshKeys are tried.
  std::vector<crypto::SymmetricKey> mesh_keys;
  /// Open invitations. Of these, the expired ones and the mesh keys, at most limits::kPskCandidates
  /// are tried.
  std::vector<crypto::SymmetricKey> invitations;
  /// A device that was away while the mesh key was replaced comes back under one of these. This
  /// device then shows its chain only inside the session, once the other device has proved to be a
  /// known member.
  std::vector<crypto::SymmetricKey> old_mesh_keys{};
  crypto::SigningSecretKey signing{};  ///< signs that proof
  /// Keys of expired invitations: a device that comes with one is told that it is refused.
  std::vector<crypto::SymmetricKey> expired_invitations{};
  Bytes machine{};                               ///< session::machine_of the peer's address
  std::uint32_t packer = log::current_packer();  ///< as in SyncConfig
};

}  // namespace relais::peer

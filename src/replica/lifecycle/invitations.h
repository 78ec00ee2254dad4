#pragma once

#include <optional>
#include <vector>

#include "access/invitation.h"
#include "replica/core.h"

namespace relais::replica {

/// An invitation this device gave out.
struct OpenInvitation {
  access::Invitation invitation;
  std::vector<CompartmentId> compartments;  ///< the joiner may read and write
  std::optional<DeviceId> used_by;  ///< admitted by it: this one may come again, if it was cut off
  bool expired = false;             ///< was seen expired: no clock makes it good again
  std::int64_t made_ms = 0;         ///< wall time
  std::uint64_t number = 0;         ///< rises with each one given out; no clock's matter
};

/// Durable on return. Of used and expired ones the newest limits::kClosedInvitations stay.
/// Fails: limit_exceeded (limits::kOpenInvitations are open).
Status save_invitation(Core& core, OpenInvitation invitation);
/// Those that somebody may come with: neither used nor expired, the newest first, then used ones,
/// which are good for their own device. Fails: corrupt.
Result<std::vector<OpenInvitation>> open_invitations(const Core& core);
/// Secrets of expired ones: who comes with one is told so.
Result<std::vector<crypto::SymmetricKey>> expired_secrets(const Core& core);

/// Marks what has expired by then, for good. Durable on return.
Status close_expired(Core& core, WallTime now);
/// When the next of the unused ones expires; nothing if there is none.
Result<std::optional<WallTime>> next_expiry(const Core& core);

/// Admits a joiner by an invitation: writes its membership, and marks the invitation used. Gives
/// the joiner's certificate; the same again for the same device. Fails: invitation_refused.
Result<Bytes> admit(Core& core, const access::JoinRequest& request,
                    const OpenInvitation& invitation);

}  // namespace relais::replica

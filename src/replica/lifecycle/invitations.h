#pragma once

#include <optional>
#include <vector>

#include "access/invitation.h"
#include "replica/core.h"

namespace relais::replica {

/// An invitation that this device gave out.
struct OpenInvitation {
  access::Invitation invitation;
  std::vector<CompartmentId> compartments;  ///< that the joiner may read and write
  std::optional<DeviceId> used_by;          ///< the admitted device: it may retry
  bool expired = false;                     ///< permanent, even if the clock is set back
  std::int64_t made_ms = 0;                 ///< wall time
  std::uint64_t number = 0;                 ///< rises with each invitation
};

/// Stores a new invitation; durable on return. Keeps the newest limits::kClosedInvitations of those
/// that are used or expired. Fails: limit_exceeded (limits::kOpenInvitations are open), corrupt,
/// store_corrupt; as Core::commit.
Status save_invitation(Core& core, OpenInvitation invitation);
/// The valid invitations: the unused ones, the newest first, then used ones, which are valid for
/// their own device. Fails: corrupt, store_corrupt.
Result<std::vector<OpenInvitation>> open_invitations(const Core& core);
/// The keys of expired invitations, so that their joiners get an answer. Fails: as above.
Result<std::vector<crypto::SymmetricKey>> expired_secrets(const Core& core);

/// Marks invitations that have expired at `now` permanently. Durable on return.
Status close_expired(Core& core, WallTime now);
/// When the next unused invitation expires; nothing if there is none.
Result<std::optional<WallTime>> next_expiry(const Core& core);

/// Admits a joiner with an invitation: marks it used, and writes the membership. Returns the
/// joiner's certificate; on a retry of the same device the same one. Fails: invitation_refused;
/// not_authorised, limit_exceeded, store_failed, disk_full.
Result<Bytes> admit(Core& core, const access::JoinRequest& request,
                    const OpenInvitation& invitation);

}  // namespace relais::replica

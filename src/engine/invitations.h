#pragma once

#include <optional>
#include <vector>

#include "access/invitation.h"
#include "engine/core.h"

namespace relais::engine {

/// An invitation this device gave out.
struct OpenInvitation {
  access::Invitation invitation;
  std::vector<CompartmentId> compartments;  ///< the joiner may read and write
  std::optional<DeviceId> used_by;          ///< admitted by it: may come again, if it was cut off
  std::uint64_t number = 0;                 ///< rises with each one given out; no clock's matter
};

/// Durable on return. Expired ones go, and so do the oldest beyond limits::kOpenInvitations.
Status save_invitation(Core& core, OpenInvitation invitation);
/// Those not expired; at most limits::kOpenInvitations, the newest first. Fails: corrupt.
Result<std::vector<OpenInvitation>> open_invitations(const Core& core);

/// Admits a joiner by an invitation: writes its membership, and marks the invitation used. Gives
/// the joiner's certificate; the same again for the same device. Fails: invitation_refused.
Result<Bytes> admit(Core& core, const access::JoinRequest& request, OpenInvitation invitation);

}  // namespace relais::engine

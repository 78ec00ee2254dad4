#pragma once

#include "engine/core.h"
#include "engine/runtime/asio_loop.h"
#include "link/address.h"

namespace relais::engine {

/// Fails: bad_input if the text isn't an invitation.
Status check_invitation(std::string_view text);

/// Pairs a new device: meets the inviter, receives the membership, and writes it into the store as
/// this device's copy of the space. The device's keys are stored first, so that a join that was cut
/// off may be tried again with the same store and invitation.
/// Blocks: until it ended; runs its own loop.
/// Fails: bad_input (the invitation), invitation_refused, unreachable, timed_out, link_failed,
///        already_exists (the store is a member's).
Status join_space(store::Store& store, const Environment& environment, const Bytes& marker,
                  std::string_view invitation, const link::Address& address);

}  // namespace relais::engine

#pragma once

#include "link/address.h"
#include "replica/lifecycle/joining.h"

namespace relais::engine {

/// Fails: bad_input if the text isn't an invitation.
Status check_invitation(std::string_view text);

/// Pairs a new device over TCP, and writes the membership into its store.
/// Blocks: until it ended; runs its own loop.
/// Fails: bad_input (the invitation), unreachable, timed_out (reached, but silent), busy,
///        handshake_failed (somebody else answers), link_failed (cut: the same call goes on),
///        invitation_refused (by the inviter itself), already_exists (the store is a member's).
Status join_space(store::Store& store, const replica::Environment& environment, const Bytes& marker,
                  std::string_view invitation, const link::Address& address,
                  const std::string& device_name);

}  // namespace relais::engine

#pragma once

#include "link/address.h"
#include "replica/lifecycle/joining.h"

namespace relais::engine {

/// Fails: bad_input if the text isn't an invitation; unsupported_version.
Status check_invitation(std::string_view text);

/// Joins a space over TCP, and writes the membership into the device's store.
/// Blocks: until the join ended; runs its own loop.
/// Fails: bad_input, unsupported_version (the invitation), invalid_argument (the address),
///        unreachable, timed_out (no answer), busy,
///        handshake_failed (not the inviter), link_failed (the connection was cut: retry),
///        invitation_refused, limit_exceeded, corrupt (the membership), already_exists (the store
///        is a member's), store_failed, disk_full.
Status join_space(store::Store& store, const replica::Environment& environment, const Bytes& marker,
                  std::string_view invitation, const link::Address& address,
                  const std::string& device_name);

}  // namespace relais::engine

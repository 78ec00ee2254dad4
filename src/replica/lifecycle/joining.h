#pragma once

#include "replica/core.h"
#include "replica/lifecycle/join_delegate.h"

/// How a new device becomes a member: it makes its keys, runs a session with the inviter
/// (engine/sync/join_client.h), and writes the membership that it received.
namespace relais::replica {

/// The identity of an interrupted join in this store, or else a new one; durable, so that the join
/// can be retried with the same invitation. `device_name`: written to its document later; empty:
/// none. Fails: already_exists (the store is a member's), store_corrupt, store_failed, disk_full.
Result<Identity> begin_joining(store::Store& store, const Environment& environment,
                               const Bytes& marker, const SpaceId& space,
                               const std::string& device_name = {});

/// Checks what the inviter sent, and writes it in one durable commit, with which the device is a
/// member. Fails: corrupt, store_failed, disk_full.
Status finish_joining(store::Store& store, JoinDelegate& delegate, Identity identity);

}  // namespace relais::replica

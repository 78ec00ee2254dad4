#pragma once

#include "replica/core.h"
#include "replica/lifecycle/join_delegate.h"

/// A new device becomes a member: it makes its keys, meets the inviter (join_call.h), and writes
/// what it was told.
namespace relais::replica {

/// The identity of a join begun before in this store, or a fresh one; durable either way, so that
/// a join that was cut off may be tried again with the same invitation. `device_name`: written once
/// the device may; none if it is empty.
/// Fails: already_exists (the store is a member's), store_failed, disk_full.
Result<Identity> begin_joining(store::Store& store, const Environment& environment,
                               const Bytes& marker, const SpaceId& space,
                               const std::string& device_name = {});

/// Checks what the inviter sent, and writes it in one commit: a device is a member with its
/// membership, or not yet. Fails: corrupt, store_failed, disk_full.
Status finish_joining(store::Store& store, JoinDelegate& delegate, Identity identity);

}  // namespace relais::replica

#pragma once

#include <map>

#include "replica/core.h"

/// Logs of which a peer seems to have another history, without a proof: at the next meeting it is
/// asked for their blocks from a place before, which lead to one. Known by peer, and for one
/// meeting, so that who lies is sent less once, and nobody else is. docs/spec/reconcile.md,
/// "Forks".
namespace relais::engine {

/// From where on that peer is to be asked now, by log: a head within what is held, at 0 for all of
/// it. At the meeting after this one nothing is asked, unless `extend_fork_search` says so again.
/// Fails: store_failed, corrupt.
Result<std::map<log::LogId, log::Head>> take_due_fork_searches(replica::Core& core,
                                                               const DeviceId& peer);

/// Goes back one signed place of the log, and each further time to half of the place before.
/// Fails: store_failed, corrupt.
Status extend_fork_search(replica::Core& core, const DeviceId& peer, const log::LogId& log);

}  // namespace relais::engine

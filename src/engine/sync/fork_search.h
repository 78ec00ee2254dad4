#pragma once

#include <map>

#include "replica/core.h"

/// The search for the proof of a fork: if a peer seems to have another history of a log, an earlier
/// head of the log is announced to this peer, in the next session alone. docs/spec/reconcile.md,
/// "Forks".
namespace relais::engine {

/// The heads to announce to the peer in this session, by log; seq 0: the whole log is requested.
/// They apply to one session, unless `extend_fork_search` is called again. Fails: store_failed,
/// corrupt, closed, disk_full.
Result<std::map<log::LogId, log::Head>> take_due_fork_searches(replica::Core& core,
                                                               const DeviceId& peer);

/// Sets the head to announce in the next session: the last signed one before the log's end, then
/// each time the last one up to half of the previous seq. Fails: store_failed, corrupt, closed,
/// disk_full.
Status extend_fork_search(replica::Core& core, const DeviceId& peer, const log::LogId& log);

}  // namespace relais::engine

#pragma once

#include <map>

#include "engine/core.h"

/// Logs of which a peer seems to have another history, without a proof: it is asked for their
/// blocks from a place before, which lead to one. Known by peer, so that who lies is sent less
/// itself, and nobody else is. docs/spec/reconcile.md, "Forks".
namespace relais::engine {

/// From where on that peer is asked, by log: a head within what is held, at 0 for all of it.
Result<std::map<log::LogId, log::Head>> contested_logs(const Core& core, const DeviceId& peer);

/// Goes back one signed place of the log, and each further time to half of the place before.
/// Fails: store_failed, corrupt.
Status go_back(Core& core, const DeviceId& peer, const log::LogId& log);

/// The peer has the same history as far as it goes.
Status settle_contested(Core& core, const DeviceId& peer, const log::LogId& log);

}  // namespace relais::engine

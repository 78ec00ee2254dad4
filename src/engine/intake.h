#pragma once

#include "engine/core.h"
#include "peer/host.h"

namespace relais::engine {

using peer::Host;

/// The way in of what others wrote: gate, door, filing. On return it is with the system (it
/// survives the process), and `Store::sync` makes it durable.
/// Fails: forked; store_failed, disk_full (the core stops); limit_exceeded (too much is held
/// already).
Result<Host::Fate> take_in(Core& core, log::VerifiedPiece piece, const std::vector<Bytes>& seals);

/// Opens and files blocks that came before their key did. Call after opening and when control grew.
Status catch_up(Core& core);

/// Judges again what was put aside: a certificate or a right may have come.
Status judge_held_again(Core& core);

}  // namespace relais::engine

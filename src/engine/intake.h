#pragma once

#include "engine/core.h"
#include "engine/projection/judge.h"
#include "peer/host.h"

namespace relais::engine {

using peer::Host;

/// The way in of what others wrote: gate, door, filing. On return it is with the system (it
/// survives the process), and `Store::sync` makes it durable.
/// Fails: forked; store_failed, disk_full (the core stops); limit_exceeded (too much is held
/// already).
Result<Host::Fate> take_in(Core& core, log::VerifiedPiece piece, const std::vector<Bytes>& seals);

/// A block of a log, opened as far as it can be.
OpenedBlock open_block(Core& core, const store::LogRow& row, const Opener::Place& place);

/// Judges and files what wasn't yet of all logs, in slices.
Status catch_up(Core& core);

/// Judges again what was put aside: a certificate or a right may have come.
Status judge_held_again(Core& core);

}  // namespace relais::engine

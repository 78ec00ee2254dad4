#pragma once

#include "peer/sync_delegate.h"
#include "replica/core.h"
#include "replica/projection/judge.h"

namespace relais::replica {

using peer::SyncDelegate;

/// The way in of what others wrote: gate, door, filing. On return it is with the system (it
/// survives the process), and `Store::sync` makes it durable.
/// Fails: store_failed, corrupt (nothing was taken in); disk_full (the core stops).
Result<peer::InboundResult> store_inbound(Core& core, log::VerifiedPiece piece,
                                                  const std::vector<Bytes>& seals);

/// A block of a log, opened as far as it can be.
OpenedBlock open_block(Core& core, const store::LogRow& row, const BlockDecryptor::Block& place);

/// Judges and files what wasn't yet of all logs, in slices.
Status catch_up(Core& core);

/// Judges again what was put aside: a certificate or a right may have come. Call as catch_up.
Status judge_held_again(Core& core);

/// Keeps what proves that a log has two histories, if `seals`, which hold, do so with what is held
/// of it: nothing more of that log is taken in then. Durable with the next sync.
Status keep_fork_proof(Core& core, const log::LogId& log, const std::vector<Bytes>& seals);

}  // namespace relais::replica

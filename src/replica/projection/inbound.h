#pragma once

#include "peer/sync_delegate.h"
#include "replica/core.h"
#include "replica/projection/judge.h"

namespace relais::replica {

using peer::SyncDelegate;

/// Takes in a piece from a peer: checks its admission, appends it to its log, and projects it. On
/// return it is committed without a sync of the disk; `Store::sync` makes it durable.
/// Fails: corrupt; as Core::commit.
Result<peer::InboundResult> store_inbound(Core& core, log::VerifiedPiece piece,
                                          const std::vector<Bytes>& seals);

/// Opens a block of a log; if that fails, gives the reason.
OpenedBlock open_block(Core& core, const store::LogRow& row, const BlockDecryptor::Block& position);

/// Judges the positions of all logs that weren't judged yet, in slices. Fails: corrupt; as
/// Core::commit.
Status catch_up(Core& core);

/// Checks all held pieces again: a certificate or a right may have arrived. Fails: corrupt; as
/// Core::commit.
Status judge_held_again(Core& core);

/// Stores the proof of a log's fork, if the (valid) `seals` prove one together with what is held of
/// the log, and freezes the log. If it is this device's own log, first starts a new incarnation.
/// Durable with the next sync. Fails: corrupt; as Core::commit.
Status keep_fork_proof(Core& core, const log::LogId& log, const std::vector<Bytes>& seals);

}  // namespace relais::replica

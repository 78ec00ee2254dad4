#pragma once

#include "access/gate.h"
#include "store/tables/commit.h"

namespace relais::store {

/// The only way blocks enter a store, for this device's own changes and for those received: appends
/// an admitted piece to its log, with its run headers, and returns the row of the log. `add_seals`
/// then adds the seals that cover it. Blocks already stored are skipped. The row's `opened` is
/// unchanged: the next step opens the blocks.
/// Fails: forked if the log has another hash at the start of the piece; corrupt if the piece would
/// leave a gap.
Result<LogRow> append(Commit& commit, const log::Head& genesis, const access::AdmittedPiece& piece);

/// The same for a control log, whose blocks are plain text and belong to no document: all of them
/// count as opened.
Result<LogRow> append_control(Commit& commit, const log::Head& genesis,
                              const access::AdmittedPiece& piece);

}  // namespace relais::store

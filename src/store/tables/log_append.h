#pragma once

#include "access/gate.h"
#include "store/tables/commit.h"

namespace relais::store {

/// The one way blocks get into a store, this device's own and everyone else's alike: appends an
/// admitted piece to its log, with its run headers; the seals that cover it follow by `add_seal`.
/// Gives the log's row.
/// What was there already is passed over. The row's `opened` stays: filing is the next step's.
/// Fails: forked if the log here is at the piece's start but with another hash; corrupt if the
/// piece would leave a gap.
Result<LogRow> append(Commit& commit, const log::Head& genesis, const access::AdmittedPiece& piece);

/// The same for control, whose blocks are plain and filed nowhere: all of them count as opened.
Result<LogRow> append_control(Commit& commit, const log::Head& genesis,
                              const access::AdmittedPiece& piece);

}  // namespace relais::store

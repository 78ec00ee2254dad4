#pragma once

#include <vector>

#include "access/gate.h"
#include "store/tables/log_table.h"

namespace relais::store {

/// The one way blocks get into a store, this device's own and everyone else's alike: appends an
/// admitted piece to its log, with its run headers and the seals that cover it, into a batch.
/// What was there already is passed over. The row's `opened` stays: filing is the next step's.
/// Fails: forked if the log here is at the piece's start but with another hash; corrupt if the
/// piece would leave a gap.
Status append(Batch& batch, LogTable& logs, const log::Head& genesis,
              const access::AdmittedPiece& piece, const std::vector<Bytes>& seals);

/// Adds a seal of a log, and drops those it replaces, unless `keep_replaced`.
Status add_seal(const Reads& store, Batch& batch, const LogRow& row, BytesView seal,
                bool keep_replaced);

/// Seals of a log with heads beyond `after`, in order, encoded.
Result<std::vector<Bytes>> seals_after(const Reads& store, LogNo log, std::uint64_t after);

}  // namespace relais::store

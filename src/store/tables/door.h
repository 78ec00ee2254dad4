#pragma once

#include <vector>

#include "access/gate.h"
#include "store/tables/log_table.h"

namespace relais::store {

/// The one way blocks get into a store, this device's own and everyone else's alike: appends an
/// admitted piece to its log, with its run headers, into a batch; the seals that cover it follow by
/// `add_seal`. Gives the log's row.
/// What was there already is passed over. The row's `opened` stays: filing is the next step's.
/// Fails: forked if the log here is at the piece's start but with another hash; corrupt if the
/// piece would leave a gap.
Result<LogRow> append(Batch& batch, LogTable& logs, const log::Head& genesis,
                      const access::AdmittedPiece& piece);

/// The same for control, whose blocks are plain and filed nowhere: all of them count as opened.
Result<LogRow> append_control(Batch& batch, LogTable& logs, const log::Head& genesis,
                              const access::AdmittedPiece& piece);

/// Adds a seal of a log, and drops those whose heads it takes over, unless `keep_replaced`: a
/// meeting under way may have offered one of them.
Status add_seal(const Reads& store, Batch& batch, LogTable& logs, LogNo log, BytesView seal,
                bool keep_replaced);

/// Seals of a log with heads beyond `after`, in order, encoded.
Result<std::vector<Bytes>> seals_after(const Reads& store, LogNo log, std::uint64_t after);

}  // namespace relais::store

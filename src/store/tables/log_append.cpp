#include "store/tables/log_append.h"

#include "base/try.h"

namespace relais::store {

Result<LogRow> append(Commit& commit, const log::Head& genesis,
                      const access::AdmittedPiece& admitted) {
  const log::VerifiedPiece& piece = admitted.piece();
  commit.intern_compartment(piece.log().compartment);
  LogRow row = commit.intern(piece.log(), piece.device_key(), genesis);
  if (piece.after().seq <= row.head.seq) return row;
  if (piece.before().seq > row.head.seq) {
    return Error(ErrorCode::corrupt, "A part of a log came without the part before it.");
  }
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const log::VerifiedPiece::Item item = piece.item(i);
    if (item.seq <= row.head.seq) continue;
    if (item.seq == row.head.seq + 1 && item.before != row.head.hash) {
      return Error(ErrorCode::forked, "One log has two histories.");
    }
    commit.add_run(row.no, item.seq, item.run_header);
    commit.batch().put(Family::log, block_key(row.no, item.seq),
                       encode(item.transaction_end, item.before, item.block));
  }
  row.head = piece.after();
  commit.update(row);
  return row;
}

Result<LogRow> append_control(Commit& commit, const log::Head& genesis,
                              const access::AdmittedPiece& admitted) {
  RELAIS_ASSIGN(LogRow row, append(commit, genesis, admitted));
  row.opened = row.head.seq;
  commit.update(row);
  return row;
}

}  // namespace relais::store

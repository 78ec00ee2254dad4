#include "store/tables/door.h"

#include "base/limits.h"
#include "base/try.h"
#include "wire/seal.h"

namespace relais::store {

Result<LogRow> append(Batch& batch, LogTable& logs, const log::Head& genesis,
                      const access::AdmittedPiece& admitted) {
  const log::VerifiedPiece& piece = admitted.piece();
  logs.intern_compartment(batch, piece.log().compartment);
  LogRow row = logs.intern(batch, piece.log(), piece.device_key(), genesis);
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
    logs.add_run(batch, row.no, item.seq, item.run_header);
    batch.put(Family::log, block_key(row.no, item.seq),
              encode(item.transaction_end, item.before, item.block));
  }
  row.head = piece.after();
  logs.update(batch, row);
  return row;
}

Result<LogRow> append_control(Batch& batch, LogTable& logs, const log::Head& genesis,
                              const access::AdmittedPiece& admitted) {
  RELAIS_ASSIGN(LogRow row, append(batch, logs, genesis, admitted));
  row.opened = row.head.seq;
  logs.update(batch, row);
  return row;
}

Status add_seal(const Reads& store, Batch& batch, LogTable& logs, LogNo log, BytesView bytes,
                bool keep_replaced) {
  RELAIS_ASSIGN(const wire::Seal seal, wire::decode_seal(bytes));
  RELAIS_ASSIGN(const wire::SealHeader header, wire::decode_seal_header(seal.header));
  const std::uint64_t last = header.heads.back().seq;
  LogRow row = *logs.find(log);
  batch.put(Family::meta, meta_key(meta::kSeal, log, last), bytes);
  if (!keep_replaced && last > row.full_seal) {
    // Tail seals behind the last full one: each takes over the heads of the one before.
    const auto cursor = store.scan(Family::meta, meta_key(meta::kSeal, log, row.full_seal + 1),
                                   meta_key(meta::kSeal, log, last));
    for (; cursor->valid(); cursor->next()) batch.remove(Family::meta, cursor->key());
    RELAIS_TRY(cursor->status());
  }
  if (header.heads.size() < limits::kHeadsPerSeal || last <= row.full_seal) return {};
  row.full_seal = last;
  logs.update(batch, row);
  return {};
}

Result<std::vector<Bytes>> seals_after(const Reads& store, LogNo log, std::uint64_t after) {
  std::vector<Bytes> seals;
  const auto cursor = store.scan(Family::meta, meta_key(meta::kSeal, log, after + 1),
                                 meta_key(meta::kSeal, log + 1, 0));
  for (; cursor->valid(); cursor->next()) seals.emplace_back(cursor->value());
  RELAIS_TRY(cursor->status());
  return seals;
}

}  // namespace relais::store

#include "store/tables/door.h"

#include "base/try.h"
#include "wire/seal.h"

namespace relais::store {
namespace {

struct Span {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

Result<Span> span_of(BytesView seal) {
  RELAIS_ASSIGN(const wire::Seal decoded, wire::decode_seal(seal));
  RELAIS_ASSIGN(const wire::SealHeader header, wire::decode_seal_header(decoded.header));
  return Span{header.heads.front().seq, header.heads.back().seq};
}

}  // namespace

Status append(Batch& batch, LogTable& logs, const log::Head& genesis,
              const access::AdmittedPiece& admitted, const std::vector<Bytes>& seals) {
  const log::VerifiedPiece& piece = admitted.piece();
  LogRow row = logs.intern(batch, piece.log(), piece.device_key(), genesis);
  if (piece.after().seq <= row.head.seq) return {};
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
  for (const Bytes& seal : seals) {
    RELAIS_ASSIGN(const Span span, span_of(seal));
    batch.put(Family::meta, meta_key(meta::kSeal, row.no, span.last), seal);
  }
  return {};
}

Status add_seal(const Reads& store, Batch& batch, const LogRow& row, BytesView seal,
                bool keep_replaced) {
  RELAIS_ASSIGN(const Span span, span_of(seal));
  batch.put(Family::meta, meta_key(meta::kSeal, row.no, span.last), seal);
  if (keep_replaced) return {};
  const auto cursor = store.scan(Family::meta, meta_key(meta::kSeal, row.no, span.first),
                                 meta_key(meta::kSeal, row.no, span.last));
  for (; cursor->valid(); cursor->next()) {
    RELAIS_ASSIGN(const Span old, span_of(cursor->value()));
    if (old.first >= span.first) batch.remove(Family::meta, cursor->key());
  }
  return cursor->status();
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

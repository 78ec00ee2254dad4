#include "engine/sync/fork_search.h"

#include "base/coding.h"
#include "base/try.h"
#include "store/tables/seals.h"

namespace relais::engine {
namespace {

Bytes prefix_of(const DeviceId& peer) {
  return store::meta_key(store::meta::kContested).append(peer.view());
}

Bytes key_of(const DeviceId& peer, store::LogNo no) {
  Bytes key = prefix_of(peer);
  put_u32(key, no);
  return key;
}

/// The last signed head at or before `upto`.
Result<log::Head> signed_head(const replica::Core& core, const store::LogRow& row,
                              std::uint64_t upto) {
  RELAIS_ASSIGN(const auto seals, store::seals_after(*core.store, row.no, 0));
  log::Head last;
  for (const store::StoredSeal& seal : seals) {
    for (const wire::SignedHead& head : seal.header.heads) {
      if (head.seq <= upto && head.seq > last.seq) last = {head.seq, head.hash};
    }
  }
  return last;
}

struct Contested {
  log::Head head;
  bool due = false;  ///< in the next session
};

Bytes encode(const store::LogRow& row, const Contested& contested) {
  Bytes value;
  put_u64(value, row.head.seq);
  put_u64(value, contested.head.seq);
  value += contested.head.hash.view();
  value.push_back(contested.due ? 1 : 0);
  return value;
}

/// Nothing if the log has grown since, or its fork is proven.
std::optional<Contested> decode(const replica::Core& core, const store::LogRow& row,
                                BytesView value) {
  Reader in(value);
  const std::uint64_t end = in.u64();
  Contested contested{{in.u64(), in.id<crypto::Hash>()}, in.byte() != 0};
  if (!in.ok() || end != row.head.seq || core.logs.forks().contains(row.no)) return std::nullopt;
  return contested;
}

}  // namespace

Result<std::map<log::LogId, log::Head>> take_due_fork_searches(replica::Core& core,
                                                               const DeviceId& peer) {
  std::map<log::LogId, log::Head> logs;
  store::Batch batch;
  const Bytes prefix = prefix_of(peer);
  const auto cursor = core.store->scan_prefix(store::Family::meta, prefix);
  for (; cursor->valid(); cursor->next()) {
    const store::LogRow* row = core.logs.find(Reader(cursor->key().substr(prefix.size())).u32());
    const auto contested = row == nullptr ? std::nullopt : decode(core, *row, cursor->value());
    if (!contested || !contested->due) continue;
    logs.emplace(row->id, contested->head);
    batch.put(store::Family::meta, cursor->key(), encode(*row, {contested->head, false}));
  }
  RELAIS_TRY(cursor->status());
  if (!batch.empty()) RELAIS_TRY(core.commit(batch, store::Durability::buffered));
  return logs;
}

Status extend_fork_search(replica::Core& core, const DeviceId& peer, const log::LogId& log) {
  const store::LogRow* row = core.logs.find(log);
  if (row == nullptr || row->head.seq == 0) return {};
  const Bytes key = key_of(peer, row->no);
  RELAIS_ASSIGN(const auto stored, core.store->get(store::Family::meta, key));
  const auto before = stored ? decode(core, *row, *stored) : std::nullopt;
  const std::uint64_t upto = before ? before->head.seq / 2 : row->head.seq - 1;
  RELAIS_ASSIGN(const log::Head head, signed_head(core, *row, upto));
  store::Batch batch;
  batch.put(store::Family::meta, key, encode(*row, {head, true}));
  return core.commit(batch, store::Durability::buffered);
}

}  // namespace relais::engine

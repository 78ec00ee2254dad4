#include "replica/projection/work.h"

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "replica/projection/basis.h"
#include "replica/projection/folding.h"
#include "replica/projection/inbound.h"

namespace relais::replica {

using store::Batch;
using store::Durability;
using store::Family;
namespace index = store::index;

namespace {

Status commit(Core& core, Projector& projector, store::Commit& commit) {
  RELAIS_ASSIGN(const auto touched, projector.finish(commit));
  core.observe_stamp(projector.latest_stamp());
  core.save_stamp(commit.batch());
  return core.commit(commit, Durability::buffered, touched);
}

/// Up to `most` keys of an index, without their first byte.
Result<std::vector<Bytes>> some_keys(const Core& core, char of, std::size_t most) {
  std::vector<Bytes> keys;
  const auto cursor = core.store->scan_prefix(Family::index, Bytes(1, of));
  for (; cursor->valid() && keys.size() < most; cursor->next()) {
    keys.emplace_back(cursor->key().substr(1));
  }
  RELAIS_TRY(cursor->status());
  return keys;
}

bool names_compartment(BytesView to_rebuild) { return to_rebuild.size() == sizeof(std::uint32_t); }

/// Wakes and rebuilds a slice of what is listed. False: nothing is listed.
Result<bool> slice(Core& core) {
  RELAIS_ASSIGN(const auto to_wake, some_keys(core, index::kToWake, limits::kWokenPerSlice));
  RELAIS_ASSIGN(const auto to_rebuild,
                some_keys(core, index::kToRebuild, limits::kRebuiltPerSlice));
  store::Commit together(core.logs);
  Projector projector = make_projector(core);
  bool any = !to_wake.empty();
  for (const Bytes& key : to_wake) {
    RELAIS_ASSIGN(auto name, store::parse_change_name(key));
    projector.wake(std::move(name));
  }
  for (const Bytes& key : to_rebuild) {
    if (names_compartment(key)) continue;  // dropped at the next opening
    projector.rebuild(key);
    any = true;
  }
  if (!any) return false;
  RELAIS_TRY(commit(core, projector, together));
  for (const Bytes& key : projector.to_fold()) RELAIS_TRY(fold_document(core, key));
  return true;
}

Status work_off(Core& core) {
  bool more = true;
  while (more) {
    RELAIS_ASSIGN(more, slice(core));
  }
  return {};
}

/// Removes a compartment's rows of an index whose keys begin with a sized document key.
Status remove_rows(const Core& core, Batch& batch, char of, const Bytes& compartment) {
  for (std::size_t size = compartment.size(); size <= limits::kStoreKeyBytes; ++size) {
    Bytes prefix(1, of);
    put_varint(prefix, size);
    prefix.append(compartment);
    const auto cursor = core.store->scan_prefix(Family::index, prefix);
    RELAIS_TRY(cursor->status());
    if (cursor->valid()) batch.remove_range(Family::index, prefix, store::after_prefix(prefix));
  }
  return {};
}

/// Drops the compartment's documents and judgements, in one commit.
Status drop_compartment(Core& core, store::CompartmentNo no) {
  store::Commit commit(core.logs);
  Batch& batch = commit.batch();
  const Bytes prefix = store::document_prefix(no);
  batch.remove_range(Family::documents, prefix, store::after_prefix(prefix));
  for (const char of :
       {index::kWaiting, index::kOfDocument, index::kFolded, index::kVector, index::kContent,
        index::kDependsOn, index::kQueued, index::kChunk, index::kToWake}) {
    RELAIS_TRY(remove_rows(core, batch, of, prefix));
  }
  for (const char of : {index::kConflict, index::kDependent, index::kToRebuild}) {
    const Bytes rows = Bytes(1, of) + prefix;
    batch.remove_range(Family::index, rows, store::after_prefix(rows));
  }
  std::vector<store::LogRow> logs;
  for (const auto& [id, row] : core.logs.rows()) {
    if (core.logs.compartment_no(id.compartment) == no) logs.push_back(row);
  }
  for (store::LogRow& row : logs) {
    batch.remove_range(Family::index, store::set_aside_key(row.no, 0),
                       store::set_aside_key(row.no + 1, 0));
    row.opened = 0;
    commit.update(row);
  }
  return core.commit(commit, Durability::buffered, {});
}

/// Writes the parts of a checkpoint, in several commits; they have no effect until the record names
/// the generation.
Status write_chunks(Core& core, Batch& batch, const Bytes& key, std::uint32_t generation,
                    BytesView checkpoint) {
  // An interrupted fold may have left parts of this generation.
  batch.remove_range(Family::index, store::chunk_key(key, generation, 0),
                     store::chunk_key(key, generation + 1, 0));
  for (std::uint32_t number = 0; !checkpoint.empty(); ++number) {
    const BytesView chunk = checkpoint.substr(0, limits::kCheckpointChunkBytes);
    batch.put(Family::index, store::chunk_key(key, generation, number), chunk);
    checkpoint.remove_prefix(chunk.size());
    if (batch.size_bytes() < limits::kFoldedBytesPerBatch / 2) continue;
    RELAIS_TRY(core.commit(batch, Durability::buffered));
    batch.clear();
  }
  return {};
}

Status mark(Core& core, const std::vector<Bytes>& to_rebuild) {
  Batch batch;
  for (const Bytes& key : to_rebuild) batch.put(Family::index, store::to_rebuild_key(key), {});
  return core.commit(batch, Durability::buffered);
}

Status drop_marked(Core& core) {
  // A compartment is listed under its own key, which is shorter than those of documents.
  for (store::CompartmentNo no = 0; no < core.logs.names().compartments(); ++no) {
    RELAIS_ASSIGN(
        const auto marked,
        core.store->get(Family::index, store::to_rebuild_key(store::document_prefix(no))));
    if (marked) RELAIS_TRY(drop_compartment(core, no));
  }
  return {};
}

}  // namespace

Projector make_projector(Core& core) {
  return {*core.store,    core.logs,     core.control, core.documents,
          core.decryptor, core.admitted, core.frozen,  core.environment.clock.now().wall};
}

Status finish_projection(Core& core, const Projector& done) {
  for (const Bytes& key : done.to_fold()) RELAIS_TRY(fold_document(core, key));
  return done.more() ? work_off(core) : Status{};
}

Status resume_projection(Core& core) {
  RELAIS_TRY(renew_basis(core));
  RELAIS_TRY(drop_marked(core));
  RELAIS_TRY(catch_up(core));
  RELAIS_TRY(work_off(core));
  return judge_positions_again(core);
}

Status judge_positions_again(Core& core) {
  RELAIS_TRY(renew_basis(core));
  bool more = true;
  while (more) {
    RELAIS_ASSIGN(more, unlock_some(core));
  }
  return work_off(core);
}

Status rebuild_documents(Core& core, const std::vector<Bytes>& documents) {
  RELAIS_TRY(mark(core, documents));
  return work_off(core);
}

Status rebuild_compartment(Core& core, const CompartmentId& compartment) {
  const auto no = core.logs.compartment_no(compartment);
  if (!no) return {};
  RELAIS_TRY(mark(core, {store::document_prefix(*no)}));
  RELAIS_TRY(drop_marked(core));
  return catch_up(core);
}

Status rebuild_all(Core& core) {
  std::vector<Bytes> all;
  for (store::CompartmentNo no = 0; no < core.logs.names().compartments(); ++no) {
    all.push_back(store::document_prefix(no));
  }
  RELAIS_TRY(mark(core, all));
  RELAIS_TRY(drop_marked(core));
  return catch_up(core);
}

Status admit_up_to(Core& core, const log::LogId& log, std::optional<std::uint64_t> end) {
  const auto before = core.admitted(log);
  const auto change_end = [&](std::optional<std::uint64_t> to) {
    to ? core.admitted_ends[log] = *to : std::size_t{core.admitted_ends.erase(log)};
  };
  change_end(end);
  const std::uint64_t shorter =
      std::min(before.value_or(limits::kLastSeq), end.value_or(limits::kLastSeq));
  store::Commit together(core.logs);
  Projector projector = make_projector(core);
  const store::LogRow* known = core.logs.find(log);
  if (known != nullptr && known->opened > shorter) {
    store::LogRow row = *known;
    RELAIS_TRY(projector.forget_beyond(row, shorter));
    row.opened = shorter;
    together.update(row);
  } else {
    RELAIS_TRY(projector.touch_beyond(log, shorter));
  }
  RELAIS_TRY(commit(core, projector, together));
  RELAIS_TRY(work_off(core));
  return catch_up(core);
}

Status fold_document(Core& core, const Bytes& key) {
  RELAIS_ASSIGN(auto record, Documents::record(*core.store, key));
  if (!needs_folding(record)) return {};
  const auto state = core.documents.state(core.control, *core.store, key, record);
  if (!state) return {};  // the error is reported when the document is read
  Bytes checkpoint = state->canonical();
  const std::uint32_t before = record.generation;
  Batch batch;
  if (is_chunked(checkpoint.size()))
    RELAIS_TRY(write_chunks(core, batch, key, before + 1, checkpoint));
  IndexOverlay rows(*core.store);
  fold_tail(rows, key, record);
  if (is_chunked(checkpoint.size())) {
    batch.remove_range(Family::index, store::index_prefix(index::kChunk, key),
                       store::chunk_key(key, before + 1, 0));
    record.generation = before + 1;
    record.checkpoint_bytes = checkpoint.size();
    record.checkpoint.clear();
  } else {
    RELAIS_TRY(put_checkpoint(rows, key, record, std::move(checkpoint)));
  }
  rows.flush(batch);
  batch.put(Family::documents, key, store::encode(record));
  return core.commit(batch, Durability::buffered);
}

}  // namespace relais::replica

// Writing the documents that a batch changed.
#include "base/limits.h"
#include "base/try.h"
#include "replica/projection/folding.h"
#include "replica/projection/projector.h"

namespace relais::replica {

using store::Family;

namespace {

bool is_empty(const store::DocumentRecord& record) {
  return record.authors.empty() && !record.waiting && !record.damaged;
}

}  // namespace

Status Projector::write(DocumentSlot& slot, store::Batch& batch) {
  store::DocumentRecord& record = slot.record;
  if (record.waiting) {
    RELAIS_ASSIGN(record.waiting, batch_.index.any(store::waiting_prefix(slot.key)));
  }
  if (slot.applied && (slot.needs_examination || needs_folding(record)))
    RELAIS_TRY(examine_state(slot));
  if (record.conflicts != slot.listed_conflict) {
    const Bytes conflict = store::conflict_key(slot.key);
    record.conflicts ? batch_.index.put(conflict, {}) : batch_.index.remove(conflict);
  }
  if (!is_empty(record)) {
    batch.put(Family::documents, slot.key, store::encode(record));
  } else if (slot.stored) {
    batch.remove(Family::documents, slot.key);
  }
  return {};
}

Status Projector::examine_state(DocumentSlot& slot) {
  const auto state = batch_.documents.state(batch_.source(), slot.key, slot.record);
  if (!state) {
    if (state.error().code() == ErrorCode::store_failed) return Error(state.error());
    // Its positions may be intact: rebuilds it from them once, and otherwise leaves it as it is.
    if (slot.rebuilt || slot.record.damaged) {
      slot.record.damaged = true;
      return {};
    }
    slot.record.damaged = true;
    return mark_for_rebuild(slot.key);
  }
  slot.record.conflicts = state->has_conflicts();
  if (!needs_folding(slot.record)) return {};
  return fold(slot, *state);
}

Status Projector::fold(DocumentSlot& slot, const document::State& state) {
  Bytes checkpoint = state.canonical();
  if (folded_ + checkpoint.size() > limits::kFoldedBytesPerBatch) {
    to_fold_.push_back(slot.key);
    return {};
  }
  folded_ += checkpoint.size();
  fold_tail(batch_.index, slot.key, slot.record);
  return put_checkpoint(batch_.index, slot.key, slot.record, std::move(checkpoint));
}

}  // namespace relais::replica

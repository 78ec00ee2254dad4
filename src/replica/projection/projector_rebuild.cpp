// Rebuilding documents from their positions, and judging positions again.
#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "replica/projection/folding.h"
#include "replica/projection/projector.h"

namespace relais::replica {

using store::LocalPosition;
using store::SetAside;
namespace index = store::index;

namespace {

constexpr char kToBeJudged = 0;  ///< among the values of index::kOfDocument

bool is_over_limit(BytesView reason) {
  return reason == BytesView(Bytes(1, static_cast<char>(SetAside::over_limit)));
}

}  // namespace

void Projector::judge_again(const store::LogRow& row, std::vector<OpenedBlock> blocks) {
  for (const OpenedBlock& block : blocks) {
    if (block.change) added_bytes_ += block.change->size();
  }
  arrived_.push_back({row, std::move(blocks), true});
}

/// Records the new judgement of a position, and marks its document for a rebuild.
Status Projector::take_again(const JudgedPosition& position) {
  const log::LogId& log = batch_.logs.find(position.at.log)->id;
  const char reason = position.aside ? static_cast<char>(*position.aside) : kToBeJudged;
  const Bytes aside = store::set_aside_key(position.at.log, position.at.seq);
  if (position.document.empty()) {
    batch_.index.put(aside, Bytes(1, reason));
  } else {
    batch_.index.remove(aside);
    batch_.index.put(
        store::index_key(index::kOfDocument, position.document, position.at.log, position.at.seq),
        Bytes(1, reason));
    RELAIS_TRY(mark_for_rebuild(position.document));
  }
  return judged(*batch_.logs.compartment_no(log.compartment), {log.author, position.at.seq});
}

Status Projector::forget_beyond(const store::LogRow& row, std::uint64_t end) {
  const store::CompartmentNo compartment = *batch_.logs.compartment_no(row.id.compartment);
  for (std::uint64_t seq = end + 1; seq <= row.opened; ++seq) {
    batch_.index.remove(store::set_aside_key(row.no, seq));
    Bytes change;
    if (!decryptor_load(change, row, seq)) continue;
    const auto header = document::decode_header(change, {row.id.author, seq}, row.id.compartment);
    if (header) RELAIS_TRY(mark_for_rebuild(store::document_key(compartment, header->address)));
  }
  return touch_beyond(row.id, end);
}

/// Wakes and marks what depends on positions beyond `end`.
Status Projector::touch_beyond(const log::LogId& log, std::uint64_t end) {
  const auto compartment = batch_.logs.compartment_no(log.compartment);
  if (!compartment) return {};
  RELAIS_ASSIGN(auto dependents, waiting_.beyond(*compartment, log.author, end));
  for (store::ChangeName& name : dependents.waiting) to_wake_.push_back(std::move(name));
  for (const Bytes& document : dependents.documents) RELAIS_TRY(mark_for_rebuild(document));
  return {};
}

bool Projector::decryptor_load(Bytes& change, const store::LogRow& row, std::uint64_t seq) {
  return batch_.decryptor.load(change, batch_.control, batch_.store, row, seq).has_value();
}

Status Projector::rebuild_all() {
  for (const Bytes& key : to_rebuild_) {
    if (spent_ >= limits::kProjectionSliceBytes) {
      more_ = true;  // it stays listed
      break;
    }
    RELAIS_ASSIGN(DocumentSlot * slot, this->slot(key));
    if (slot->lost) {
      RELAIS_TRY(mark_for_rebuild(store::document_prefix(slot->compartment_no)));
    } else {
      RELAIS_TRY(rebuild_document(*slot));
    }
    batch_.index.remove(store::to_rebuild_key(key));
  }
  to_rebuild_.clear();
  return {};
}

Status Projector::rebuild_document(DocumentSlot& slot) {
  std::set<LocalPosition> over;
  RELAIS_ASSIGN(const auto positions, positions_of(slot, over));
  RELAIS_TRY(drop(slot));
  slot.pending = positions;
  slot.needs_examination = true;
  for (const LocalPosition& at : positions) {
    RELAIS_TRY(contain(slot, at, file_again(slot, at, over.contains(at))));
    // Changes that waited for it while it was pending may now wait for another position.
    const AuthorId author = batch_.logs.find(at.log)->id.author;
    RELAIS_TRY(wake_waiting(slot.compartment_no, {author, at.seq}));
  }
  return {};
}

/// All admitted positions of the document; `over` gets those whose transactions are over a limit.
Result<std::set<LocalPosition>> Projector::positions_of(const DocumentSlot& slot,
                                                        std::set<LocalPosition>& over) {
  std::set<LocalPosition> positions(slot.record.tail.begin(), slot.record.tail.end());
  const auto prefix = [&](char of) { return store::index_prefix(of, slot.key); };
  const Bytes folded = prefix(index::kFolded);
  std::vector<LocalPosition> found;
  const auto read = [&](BytesView key, BytesView value) -> Result<bool> {
    RELAIS_TRY(read_folded(key.substr(folded.size()), value, found));
    return true;
  };
  RELAIS_TRY(batch_.index.each(folded, read));
  for (const char of : {index::kWaiting, index::kOfDocument}) {
    const Bytes listed = prefix(of);
    RELAIS_TRY(batch_.index.each(listed, [&](BytesView key, BytesView value) -> Result<bool> {
      Reader in(key.substr(listed.size()));
      const store::LogNo log = in.u32();
      found.push_back({log, in.u64()});
      if (of == index::kOfDocument && is_over_limit(value)) over.insert(found.back());
      return true;
    }));
  }
  positions.insert(found.begin(), found.end());
  std::erase_if(positions, [&](const LocalPosition& at) {
    const auto end = batch_.admitted(batch_.logs.find(at.log)->id);
    return end && at.seq > *end;
  });
  return positions;
}

/// Drops the document's record and its index entries.
Status Projector::drop(DocumentSlot& slot) {
  RELAIS_TRY(waiting_.remove_all(slot));
  const Bytes aside = store::index_prefix(index::kOfDocument, slot.key);
  RELAIS_TRY(batch_.index.each(aside, [&](BytesView key, BytesView) -> Result<bool> {
    Reader in(key.substr(aside.size()));
    const store::LogNo log = in.u32();
    batch_.index.remove(store::set_aside_key(log, in.u64()));
    return true;
  }));
  for (const char of :
       {index::kOfDocument, index::kFolded, index::kVector, index::kContent, index::kChunk}) {
    RELAIS_TRY(batch_.index.remove_all(store::index_prefix(of, slot.key)));
  }
  slot.record = {};
  slot.changed = true;
  slot.rebuilt = true;
  return {};
}

/// Sets aside a change that no longer opens; its document is then unknown.
Status Projector::file_unopened(DocumentSlot& slot, const LocalPosition& at, const Status& loaded) {
  RELAIS_ASSIGN(const auto block,
                batch_.store.get(store::Family::log, store::block_key(at.log, at.seq)));
  const ErrorCode code = loaded.error().code();
  if (!block || (code != ErrorCode::not_found && code != ErrorCode::corrupt)) return loaded;
  const bool locked = code == ErrorCode::not_found;
  const auto reason = locked ? SetAside::locked : SetAside::unreadable;
  batch_.index.put(store::set_aside_key(at.log, at.seq), Bytes(1, static_cast<char>(reason)));
  return settled(slot, at);
}

Status Projector::file_again(DocumentSlot& slot, const LocalPosition& at, bool over_limit) {
  slot.pending.erase(at);
  const store::LogRow row = *batch_.logs.find(at.log);
  if (over_limit) {
    RELAIS_TRY(set_aside(slot, at, SetAside::over_limit));
    return settled(slot, at);
  }
  Bytes change;
  const Status loaded = batch_.decryptor.load(change, batch_.control, batch_.store, row, at.seq);
  if (!loaded) return file_unopened(slot, at, loaded);
  spent_ += change.size();
  JudgedPosition position = judge_.change(row, at.seq, std::move(change));
  if (position.document != slot.key) return take_again(position);
  if (position.aside) {
    RELAIS_TRY(set_aside(slot, at, *position.aside));
    return settled(slot, at);
  }
  RELAIS_TRY(add_kinds(slot, position));
  RELAIS_ASSIGN(auto located, batch_.documents.change(batch_.source(), at));
  located.replaces = position.replaces;
  return file_candidate(slot, located);
}

}  // namespace relais::replica

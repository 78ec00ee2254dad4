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
Status Projector::take_again(const JudgedPlace& place) {
  const log::LogId& log = ground_.logs.find(place.at.log)->id;
  const char reason = place.aside ? static_cast<char>(*place.aside) : kToBeJudged;
  const Bytes aside = store::set_aside_key(place.at.log, place.at.seq);
  if (place.document.empty()) {
    ground_.index.put(aside, Bytes(1, reason));
  } else {
    ground_.index.remove(aside);
    ground_.index.put(
        store::index_key(index::kOfDocument, place.document, place.at.log, place.at.seq),
        Bytes(1, reason));
    RELAIS_TRY(mark_for_rebuild(place.document));
  }
  return judged(*ground_.logs.compartment_no(log.compartment), {log.author, place.at.seq});
}

Status Projector::forget_beyond(const store::LogRow& row, std::uint64_t end) {
  const store::CompartmentNo compartment = *ground_.logs.compartment_no(row.id.compartment);
  for (std::uint64_t seq = end + 1; seq <= row.opened; ++seq) {
    ground_.index.remove(store::set_aside_key(row.no, seq));
    Bytes change;
    if (!decryptor_load(change, row, seq)) continue;
    const auto header = document::decode_header(change, {row.id.author, seq}, row.id.compartment);
    if (header) RELAIS_TRY(mark_for_rebuild(store::document_key(compartment, header->address)));
  }
  return touch_beyond(row.id, end);
}

/// Wakes and marks what depends on positions beyond `end`.
Status Projector::touch_beyond(const log::LogId& log, std::uint64_t end) {
  const auto compartment = ground_.logs.compartment_no(log.compartment);
  if (!compartment) return {};
  RELAIS_ASSIGN(auto dependents, waiting_.beyond(*compartment, log.author, end));
  for (store::ChangeName& name : dependents.waiting) to_wake_.push_back(std::move(name));
  for (const Bytes& document : dependents.documents) RELAIS_TRY(mark_for_rebuild(document));
  return {};
}

bool Projector::decryptor_load(Bytes& change, const store::LogRow& row, std::uint64_t seq) {
  return ground_.decryptor.load(change, ground_.control, ground_.store, row, seq).has_value();
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
    ground_.index.remove(store::to_rebuild_key(key));
  }
  to_rebuild_.clear();
  return {};
}

Status Projector::rebuild_document(DocumentSlot& slot) {
  std::set<LocalPosition> over;
  RELAIS_ASSIGN(const auto places, places_of(slot, over));
  RELAIS_TRY(drop(slot));
  slot.pending = places;
  slot.needs_examination = true;
  for (const LocalPosition& at : places) {
    RELAIS_TRY(contain(slot, at, file_again(slot, at, over.contains(at))));
    // Changes that waited for it while it was pending may now wait for another position.
    const AuthorId author = ground_.logs.find(at.log)->id.author;
    RELAIS_TRY(wake_waiting(slot.compartment_no, {author, at.seq}));
  }
  return {};
}

/// All admitted positions of the document; `over` gets those whose transactions are over a limit.
Result<std::set<LocalPosition>> Projector::places_of(const DocumentSlot& slot,
                                                     std::set<LocalPosition>& over) {
  std::set<LocalPosition> places(slot.record.tail.begin(), slot.record.tail.end());
  const auto prefix = [&](char of) { return store::index_prefix(of, slot.key); };
  const Bytes folded = prefix(index::kFolded);
  std::vector<LocalPosition> found;
  const auto read = [&](BytesView key, BytesView value) -> Result<bool> {
    RELAIS_TRY(read_folded(key.substr(folded.size()), value, found));
    return true;
  };
  RELAIS_TRY(ground_.index.each(folded, read));
  for (const char of : {index::kWaiting, index::kOfDocument}) {
    const Bytes listed = prefix(of);
    RELAIS_TRY(ground_.index.each(listed, [&](BytesView key, BytesView value) -> Result<bool> {
      Reader in(key.substr(listed.size()));
      const store::LogNo log = in.u32();
      found.push_back({log, in.u64()});
      if (of == index::kOfDocument && is_over_limit(value)) over.insert(found.back());
      return true;
    }));
  }
  places.insert(found.begin(), found.end());
  std::erase_if(places, [&](const LocalPosition& at) {
    const auto end = ground_.admitted(ground_.logs.find(at.log)->id);
    return end && at.seq > *end;
  });
  return places;
}

/// Drops the document's record and its index entries.
Status Projector::drop(DocumentSlot& slot) {
  RELAIS_TRY(waiting_.remove_all(slot));
  const Bytes aside = store::index_prefix(index::kOfDocument, slot.key);
  RELAIS_TRY(ground_.index.each(aside, [&](BytesView key, BytesView) -> Result<bool> {
    Reader in(key.substr(aside.size()));
    const store::LogNo log = in.u32();
    ground_.index.remove(store::set_aside_key(log, in.u64()));
    return true;
  }));
  for (const char of :
       {index::kOfDocument, index::kFolded, index::kVector, index::kContent, index::kChunk}) {
    RELAIS_TRY(ground_.index.remove_all(store::index_prefix(of, slot.key)));
  }
  slot.record = {};
  slot.changed = true;
  slot.rebuilt = true;
  return {};
}

/// Sets aside a change that no longer opens; its document is then unknown.
Status Projector::file_unopened(DocumentSlot& slot, const LocalPosition& at, const Status& loaded) {
  RELAIS_ASSIGN(const auto block,
                ground_.store.get(store::Family::log, store::block_key(at.log, at.seq)));
  const ErrorCode code = loaded.error().code();
  if (!block || (code != ErrorCode::not_found && code != ErrorCode::corrupt)) return loaded;
  const bool locked = code == ErrorCode::not_found;
  const auto reason = locked ? SetAside::locked : SetAside::unreadable;
  ground_.index.put(store::set_aside_key(at.log, at.seq), Bytes(1, static_cast<char>(reason)));
  return settled(slot, at);
}

Status Projector::file_again(DocumentSlot& slot, const LocalPosition& at, bool over_limit) {
  slot.pending.erase(at);
  const store::LogRow row = *ground_.logs.find(at.log);
  if (over_limit) {
    RELAIS_TRY(set_aside(slot, at, SetAside::over_limit));
    return settled(slot, at);
  }
  Bytes change;
  const Status loaded = ground_.decryptor.load(change, ground_.control, ground_.store, row, at.seq);
  if (!loaded) return file_unopened(slot, at, loaded);
  spent_ += change.size();
  JudgedPlace place = judge_.change(row, at.seq, std::move(change));
  if (place.document != slot.key) return take_again(place);
  if (place.aside) {
    RELAIS_TRY(set_aside(slot, at, *place.aside));
    return settled(slot, at);
  }
  RELAIS_TRY(add_kinds(slot, place));
  RELAIS_ASSIGN(auto placed, ground_.documents.change(ground_.source(), at));
  placed.replaces = place.replaces;
  return file_candidate(slot, placed);
}

}  // namespace relais::replica

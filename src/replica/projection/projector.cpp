#include "replica/projection/projector.h"

#include <algorithm>

#include "base/limits.h"
#include "base/try.h"

namespace relais::replica {

using document::Position;
using store::ChangeName;
using store::Family;
using store::LocalPosition;
using store::SetAside;

namespace {

/// Whether the error affects one document alone.
bool is_damage(const Error& error) {
  switch (error.code()) {
    case ErrorCode::corrupt:
    case ErrorCode::not_found:
    case ErrorCode::limit_exceeded:
    case ErrorCode::invalid_argument:
    case ErrorCode::unsupported_version: return true;
    default: return false;
  }
}

Bytes wake_key(const ChangeName& name) {
  Bytes key(1, store::index::kToWake);
  key += store::change_name(name.document, name.log, name.seq);
  return key;
}

/// Whether the change has seen all applied changes. Entries of a frozen log may name another
/// history, so they don't count.
bool has_seen_all(const ProjectionGround& ground, const store::DocumentRecord& record,
                  const document::ChangeHeader& header) {
  const document::Citations& cites = header.cites;
  const bool is_plain = cites.whole && cites.exceptions.empty() &&
                        std::all_of(cites.cited.begin(), cites.cited.end(),
                                    [](const document::Cited& cited) { return cited.floor == 0; });
  return is_plain && std::all_of(record.authors.begin(), record.authors.end(), [&](const auto& at) {
           return !ground.frozen.contains(at.log) &&
                  header.context.covers(ground.logs.find(at.log)->id.author, at.seq);
         });
}

}  // namespace

void Projector::add(const store::LogRow& row, OpenedBlock block) {
  if (block.change) added_bytes_ += block.change->size();
  const bool goes_on = !arrived_.empty() && arrived_.back().row.no == row.no &&
                       !arrived_.back().blocks.back().transaction_end;
  if (!goes_on) arrived_.push_back({row, {}, false});
  arrived_.back().blocks.push_back(std::move(block));
}

Status Projector::contain(DocumentSlot& slot, const LocalPosition& at, Status status) {
  if (status || !is_damage(status.error())) return status;
  slot.record.damaged = true;
  slot.changed = true;
  return set_aside(slot, at, SetAside::unreadable);
}

Result<DocumentSlot*> Projector::load_slot(const Bytes& key, Result<std::optional<Bytes>> bytes) {
  // The hint is right for most: keys are loaded in order.
  DocumentSlot& slot = slots_.try_emplace(slots_.end(), key)->second;
  slot.key = key;
  const auto name = store::parse_document_key(key);
  const auto compartment = name ? ground_.logs.compartment(name->compartment) : std::nullopt;
  if (!compartment) return Error(ErrorCode::corrupt, "A document's key is damaged.");
  slot.compartment_no = name->compartment;
  slot.compartment = *compartment;
  if (!bytes && bytes.error().code() != ErrorCode::corrupt) return std::move(bytes).error();
  slot.stored = !bytes || bytes->has_value();
  slot.lost = !bytes;
  if (slot.stored && !slot.lost) {
    auto record = store::decode_document_record(**bytes);
    slot.lost = !record;
    if (record) slot.record = std::move(*record);
  }
  slot.listed_conflict = slot.record.conflicts;
  return &slot;
}

Result<DocumentSlot*> Projector::slot(const Bytes& key) {
  const auto known = slots_.find(key);
  if (known != slots_.end()) return &known->second;
  return load_slot(key, ground_.store.get(Family::documents, key));
}

/// Loads all records at once, which is several times faster; one by one if a record is damaged.
Status Projector::load_slots() {
  std::vector<BytesView> keys;
  for (const JudgedPlace& place : places_) {
    if (!place.document.empty()) keys.push_back(place.document);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  auto records = ground_.store.multi_get(Family::documents, keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Bytes key(keys[i]);
    RELAIS_ASSIGN(const auto* loaded,
                  records ? load_slot(key, std::move((*records)[i])) : slot(key));
    (void)loaded;
  }
  return {};
}

Status Projector::file_transactions() {
  for (Arrived& arrived : arrived_) {
    for (const OpenedBlock& block : arrived.blocks) {
      const LocalPosition before{arrived.row.no, block.seq - 1};
      ground_.hashes.insert_or_assign(ground_.hashes.end(), before, block.before);
    }
    auto places = judge_.transaction(arrived.row, std::move(arrived.blocks));
    if (arrived.again) {
      for (const JudgedPlace& place : places) RELAIS_TRY(take_again(place));
    } else if (places_.empty()) {
      places_ = std::move(places);
    } else {
      std::move(places.begin(), places.end(), std::back_inserter(places_));
    }
  }
  arrived_.clear();
  RELAIS_TRY(load_slots());
  for (JudgedPlace& place : places_) {
    const LocalPosition at = place.at;
    RELAIS_TRY(file(std::move(place)));
    const log::LogId& log = ground_.logs.find(at.log)->id;
    RELAIS_TRY(judged(*ground_.logs.compartment_no(log.compartment), {log.author, at.seq}));
  }
  return {};
}

Status Projector::file(JudgedPlace place) {
  ground_.judged[place.at.log] = place.at.seq;
  if (place.document.empty()) {
    ground_.index.put(store::set_aside_key(place.at.log, place.at.seq),
                      Bytes(1, static_cast<char>(*place.aside)));
    return {};
  }
  RELAIS_ASSIGN(DocumentSlot * slot, this->slot(place.document));
  if (slot->lost) return mark_for_rebuild(store::document_prefix(slot->compartment_no));
  if (place.aside) {
    RELAIS_TRY(set_aside(*slot, place.at, *place.aside));
    return settled(*slot, place.at);
  }
  RELAIS_ASSIGN(const bool one_kind, add_kinds(*slot, place));
  slot->needs_examination = slot->needs_examination || may_conflict(*slot, place, one_kind);
  PlacedChange placed{place.at,
                      {ground_.logs.find(place.at.log)->id.author, place.at.seq},
                      {},
                      place.change.size(),
                      place.replaces};
  static_cast<document::ChangeHeader&>(placed.change) = std::move(place.header);
  ground_.opened.insert_or_assign(ground_.opened.end(), place.at, std::move(place.change));
  if (!placed.change.cites.whole) {
    // Its ops may name positions that aren't in its header.
    RELAIS_ASSIGN(auto whole, ground_.documents.change(ground_.source(), place.at));
    placed.change = std::move(whole.change);
  }
  return contain(*slot, place.at, file_candidate(*slot, placed));
}

Result<bool> Projector::add_kinds(const DocumentSlot& slot, const JudgedPlace& place) {
  return kinds_.add(slot.compartment_no, place.header.address.collection, place.kinds);
}

/// Whether the document may have a conflict after that candidate; `one_kind`: it writes no second
/// kind at a path. docs/spec/store.md, "Document record".
bool Projector::may_conflict(const DocumentSlot& slot, const JudgedPlace& place,
                             bool one_kind) const {
  if (slot.record.authors.empty()) return place.may_conflict;
  const bool replaces_all = place.replaces && !slot.record.has_non_writes && one_kind &&
                            has_seen_all(ground_, slot.record, place.header);
  return slot.record.conflicts || !replaces_all;
}

Status Projector::file_candidate(DocumentSlot& slot, const PlacedChange& placed) {
  if (slot.record.waiting) {
    RELAIS_ASSIGN(const std::uint64_t waits,
                  waiting_.next(slot, placed.at.log, slot.record.last(placed.at.log)));
    if (waits != 0 && waits < placed.at.seq) {
      waiting_.put_behind(slot, placed.at);
      return {};
    }
  }
  return enter(slot, placed, std::nullopt);
}

/// Applies a change without earlier waiting ones of its author, sets it aside, or lets it wait.
Status Projector::enter(DocumentSlot& slot, const PlacedChange& placed,
                        const std::optional<Wait>& woken) {
  const auto entries = entries_of(placed.change, placed.position);
  // Removed first: the change may depend on the same position, under the same key.
  if (woken) RELAIS_TRY(waiting_.remove(slot, placed.at));
  RELAIS_ASSIGN(const auto answer,
                resolver_.resolve(slot, placed.at, entries, woken ? woken->entry : 0));
  slot.changed = true;
  if (answer.is == Resolver::Answer::Is::waits) {
    slot.record.waiting = true;
    return waiting_.put_first(slot, placed.at, answer.wait);
  }
  bool valid = answer.is == Resolver::Answer::Is::ready;
  if (valid) {
    RELAIS_ASSIGN(valid, resolver_.follows_its_parts(slot, placed));
  }
  if (!valid) {
    RELAIS_TRY(set_aside(slot, placed.at, SetAside::invalid));
  } else {
    RELAIS_TRY(apply(slot, placed));
  }
  RELAIS_TRY(settled(slot, placed.at));
  if (!slot.record.waiting) return {};
  // Wakes its author's next change, which waited behind it.
  RELAIS_ASSIGN(const std::uint64_t next, waiting_.next(slot, placed.at.log, placed.at.seq));
  if (next != 0) to_wake_.push_back({slot.key, placed.at.log, next});
  return {};
}

Status Projector::count_tail(DocumentSlot& slot) {
  slot.record.counted = true;
  slot.record.tail_bytes = 0;
  for (const LocalPosition& at : slot.record.tail) {
    RELAIS_ASSIGN(const auto placed, ground_.documents.header(ground_.source(), at));
    slot.record.author(at.log).bytes += placed.bytes;
    slot.record.tail_bytes += placed.bytes;
    list_content(slot, placed.change);
  }
  return {};
}

Status Projector::apply(DocumentSlot& slot, const PlacedChange& placed) {
  store::DocumentRecord& record = slot.record;
  // The parts of an import are looked up often.
  const bool is_part = placed.change.content && !placed.change.cites.contents.empty();
  const bool is_long = is_part || record.tail.size() >= limits::kDocumentTail;
  if (!record.counted && is_long) RELAIS_TRY(count_tail(slot));
  if (record.counted) {
    auto& author = record.author(placed.at.log);
    author.bytes += placed.bytes;
    if (author.bytes > limits::kAuthorInDocumentBytes) {
      return set_aside(slot, placed.at, SetAside::too_much);
    }
    record.tail_bytes += placed.bytes;
  }
  RELAIS_ASSIGN(const bool ignores_entries, resolver_.ignores_entries(slot, placed));
  record.ignores_entries = record.ignores_entries || ignores_entries;
  if (ignores_entries || needs_vector(placed.change)) {
    RELAIS_ASSIGN(const auto context, resolver_.context(slot, placed));
    ground_.index.put(
        store::index_key(store::index::kVector, slot.key, placed.at.log, placed.at.seq),
        encode_context(context, ground_.logs.names(), slot.compartment));
  }
  record.apply(placed.at);
  record.has_non_writes = record.has_non_writes || !placed.replaces;
  slot.changed = true;
  slot.applied = true;
  slot.filed.push_back(placed.at);
  if (!placed.change.content) return {};
  list_content(slot, placed.change);
  // Wakes changes of this document that wait for a carrier of this content.
  if (!record.waiting) return {};
  return wake_waiting(slot.compartment_no, {*placed.change.content, 1});
}

/// Short documents have no such rows: their few changes are read instead.
void Projector::list_content(const DocumentSlot& slot, const document::ChangeHeader& change) {
  if (!slot.record.counted || !change.content) return;
  ground_.index.put(store::content_key(slot.key, *change.content), {});
}

Status Projector::set_aside(DocumentSlot& slot, const LocalPosition& at, SetAside reason) {
  const auto code = static_cast<std::uint8_t>(reason);
  ground_.index.put(store::set_aside_key(at.log, at.seq),
                    Bytes(1, static_cast<char>(code | store::kOfKnownDocument)));
  ground_.index.put(store::index_key(store::index::kOfDocument, slot.key, at.log, at.seq),
                    Bytes(1, static_cast<char>(code)));
  return {};
}

/// Wakes and marks what depends on a position that was judged now.
Status Projector::judged(store::CompartmentNo compartment, const Position& place) {
  RELAIS_ASSIGN(auto dependents, waiting_.of(compartment, place));
  for (ChangeName& name : dependents.waiting) to_wake_.push_back(std::move(name));
  for (const Bytes& document : dependents.documents) RELAIS_TRY(mark_for_rebuild(document));
  return {};
}

Status Projector::wake_waiting(store::CompartmentNo compartment, const Position& place) {
  RELAIS_ASSIGN(auto dependents, waiting_.of(compartment, place));
  for (ChangeName& name : dependents.waiting) to_wake_.push_back(std::move(name));
  return {};
}

/// Wakes what waits for a position of the document that was applied or set aside.
Status Projector::settled(DocumentSlot& slot, const LocalPosition& at) {
  const AuthorId author = ground_.logs.find(at.log)->id.author;
  RELAIS_TRY(wake_waiting(slot.compartment_no, {author, at.seq}));
  if (!slot.record.waiting) return {};
  RELAIS_ASSIGN(const std::uint64_t next, waiting_.next(slot, at.log, at.seq));
  RELAIS_ASSIGN(auto queued, waiting_.queued(slot, at.log, next != 0 ? next : UINT64_MAX));
  for (ChangeName& name : queued) to_wake_.push_back(std::move(name));
  return {};
}

Status Projector::resume_waiting(const ChangeName& change) {
  RELAIS_ASSIGN(DocumentSlot * slot, this->slot(change.document));
  if (slot->lost) return mark_for_rebuild(store::document_prefix(slot->compartment_no));
  const LocalPosition at{change.log, change.seq};
  RELAIS_ASSIGN(const bool waits, waiting_.waits(*slot, at));
  if (!waits) return {};
  auto wait = waiting_.first(*slot, at);
  if (!wait) return std::move(wait).error();
  if (!*wait) {
    RELAIS_ASSIGN(const std::uint64_t first,
                  waiting_.next(*slot, at.log, slot->record.last(at.log)));
    if (first < at.seq) return {};  // it is woken after the first
  }
  auto placed = ground_.documents.change(ground_.source(), at);
  if (!placed) return contain(*slot, at, std::move(placed).error());
  spent_ += placed->bytes;
  placed->replaces = document::replaces_what_it_saw(placed->change.ops);
  slot->needs_examination = true;
  return contain(*slot, at, enter(*slot, *placed, wait->value_or(Wait{})));
}

Status Projector::wake_all() {
  for (; !to_wake_.empty() && spent_ < limits::kProjectionSliceBytes; to_wake_.pop_front()) {
    RELAIS_TRY(resume_waiting(to_wake_.front()));
    ground_.index.remove(wake_key(to_wake_.front()));
  }
  for (const ChangeName& name : to_wake_) {
    ground_.index.put(wake_key(name), {});
  }
  more_ = more_ || !to_wake_.empty();
  to_wake_.clear();
  return {};
}

Status Projector::mark_for_rebuild(BytesView document) {
  ground_.index.put(store::to_rebuild_key(document), {});
  more_ = true;
  return {};
}

Result<std::vector<Touched>> Projector::finish(store::Commit& commit) {
  RELAIS_TRY(file_transactions());
  RELAIS_TRY(rebuild_all());
  RELAIS_TRY(wake_all());
  std::vector<Touched> touched;
  for (auto& [key, slot] : slots_) {
    if (slot.applied || slot.rebuilt) {
      touched.push_back({slot.compartment, store::parse_document_key(key)->address, {}});
      if (!slot.rebuilt) touched.back().changes = std::move(slot.filed);
    }
    if (slot.changed) RELAIS_TRY(write(slot, commit.batch()));
  }
  kinds_.write(commit.batch());
  for (const auto& [no, seq] : ground_.judged) commit.set_opened(no, seq);
  ground_.index.flush(commit.batch());
  return touched;
}

}  // namespace relais::replica

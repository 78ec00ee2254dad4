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
bool has_seen_all(const ProjectionBatch& ground, const store::DocumentRecord& record,
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
  const auto compartment = name ? batch_.logs.compartment(name->compartment) : std::nullopt;
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
  return load_slot(key, batch_.store.get(Family::documents, key));
}

/// Loads all records at once, which is several times faster; one by one if a record is damaged.
Status Projector::load_slots() {
  std::vector<BytesView> keys;
  for (const JudgedPosition& position : positions_) {
    if (!position.document.empty()) keys.push_back(position.document);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  auto records = batch_.store.multi_get(Family::documents, keys);
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
      batch_.hashes.insert_or_assign(batch_.hashes.end(), before, block.before);
    }
    auto positions = judge_.transaction(arrived.row, std::move(arrived.blocks));
    if (arrived.again) {
      for (const JudgedPosition& position : positions) RELAIS_TRY(take_again(position));
    } else if (positions_.empty()) {
      positions_ = std::move(positions);
    } else {
      std::move(positions.begin(), positions.end(), std::back_inserter(positions_));
    }
  }
  arrived_.clear();
  RELAIS_TRY(load_slots());
  for (JudgedPosition& position : positions_) {
    const LocalPosition at = position.at;
    RELAIS_TRY(file(std::move(position)));
    const log::LogId& log = batch_.logs.find(at.log)->id;
    RELAIS_TRY(judged(*batch_.logs.compartment_no(log.compartment), {log.author, at.seq}));
  }
  return {};
}

Status Projector::file(JudgedPosition position) {
  batch_.judged[position.at.log] = position.at.seq;
  if (position.document.empty()) {
    batch_.index.put(store::set_aside_key(position.at.log, position.at.seq),
                     Bytes(1, static_cast<char>(*position.aside)));
    return {};
  }
  RELAIS_ASSIGN(DocumentSlot * slot, this->slot(position.document));
  if (slot->lost) return mark_for_rebuild(store::document_prefix(slot->compartment_no));
  if (position.aside) {
    RELAIS_TRY(set_aside(*slot, position.at, *position.aside));
    return settled(*slot, position.at);
  }
  RELAIS_ASSIGN(const bool one_kind, add_kinds(*slot, position));
  slot->needs_examination = slot->needs_examination || may_conflict(*slot, position, one_kind);
  LocatedChange located{position.at,
                        {batch_.logs.find(position.at.log)->id.author, position.at.seq},
                        {},
                        position.change.size(),
                        position.replaces};
  static_cast<document::ChangeHeader&>(located.change) = std::move(position.header);
  batch_.opened.insert_or_assign(batch_.opened.end(), position.at, std::move(position.change));
  if (!located.change.cites.whole) {
    // Its ops may name positions that aren't in its header.
    RELAIS_ASSIGN(auto whole, batch_.documents.change(batch_.source(), position.at));
    located.change = std::move(whole.change);
  }
  return contain(*slot, position.at, file_candidate(*slot, located));
}

Result<bool> Projector::add_kinds(const DocumentSlot& slot, const JudgedPosition& position) {
  return kinds_.add(slot.compartment_no, position.header.address.collection, position.kinds);
}

/// Whether the document may have a conflict after that candidate; `one_kind`: it writes no second
/// kind at a path. docs/spec/store.md, "Document record".
bool Projector::may_conflict(const DocumentSlot& slot, const JudgedPosition& position,
                             bool one_kind) const {
  if (slot.record.authors.empty()) return position.may_conflict;
  const bool replaces_all = position.replaces && !slot.record.has_non_writes && one_kind &&
                            has_seen_all(batch_, slot.record, position.header);
  return slot.record.conflicts || !replaces_all;
}

Status Projector::file_candidate(DocumentSlot& slot, const LocatedChange& located) {
  if (slot.record.waiting) {
    RELAIS_ASSIGN(const std::uint64_t waits,
                  waiting_.next(slot, located.at.log, slot.record.last(located.at.log)));
    if (waits != 0 && waits < located.at.seq) {
      waiting_.put_behind(slot, located.at);
      return {};
    }
  }
  return enter(slot, located, std::nullopt);
}

/// Applies a change without earlier waiting ones of its author, sets it aside, or lets it wait.
Status Projector::enter(DocumentSlot& slot, const LocatedChange& located,
                        const std::optional<Wait>& woken) {
  const auto entries = entries_of(located.change, located.position);
  // Removed first: the change may depend on the same position, under the same key.
  if (woken) RELAIS_TRY(waiting_.remove(slot, located.at));
  RELAIS_ASSIGN(const auto answer,
                resolver_.resolve(slot, located.at, entries, woken ? woken->entry : 0));
  slot.changed = true;
  if (answer.is == Resolver::Answer::Is::waits) {
    slot.record.waiting = true;
    return waiting_.put_first(slot, located.at, answer.wait);
  }
  bool valid = answer.is == Resolver::Answer::Is::ready;
  if (valid) {
    RELAIS_ASSIGN(valid, resolver_.follows_its_parts(slot, located));
  }
  if (!valid) {
    RELAIS_TRY(set_aside(slot, located.at, SetAside::invalid));
  } else {
    RELAIS_TRY(apply(slot, located));
  }
  RELAIS_TRY(settled(slot, located.at));
  if (!slot.record.waiting) return {};
  // Wakes its author's next change, which waited behind it.
  RELAIS_ASSIGN(const std::uint64_t next, waiting_.next(slot, located.at.log, located.at.seq));
  if (next != 0) to_wake_.push_back({slot.key, located.at.log, next});
  return {};
}

Status Projector::count_tail(DocumentSlot& slot) {
  slot.record.counted = true;
  slot.record.tail_bytes = 0;
  for (const LocalPosition& at : slot.record.tail) {
    RELAIS_ASSIGN(const auto located, batch_.documents.header(batch_.source(), at));
    slot.record.author(at.log).bytes += located.bytes;
    slot.record.tail_bytes += located.bytes;
    list_content(slot, located.change);
  }
  return {};
}

Status Projector::apply(DocumentSlot& slot, const LocatedChange& located) {
  store::DocumentRecord& record = slot.record;
  // The parts of an import are looked up often.
  const bool is_part = located.change.content && !located.change.cites.contents.empty();
  const bool is_long = is_part || record.tail.size() >= limits::kDocumentTail;
  if (!record.counted && is_long) RELAIS_TRY(count_tail(slot));
  if (record.counted) {
    auto& author = record.author(located.at.log);
    author.bytes += located.bytes;
    if (author.bytes > limits::kAuthorInDocumentBytes) {
      return set_aside(slot, located.at, SetAside::too_much);
    }
    record.tail_bytes += located.bytes;
  }
  RELAIS_ASSIGN(const bool ignores_entries, resolver_.ignores_entries(slot, located));
  record.ignores_entries = record.ignores_entries || ignores_entries;
  if (ignores_entries || needs_vector(located.change)) {
    RELAIS_ASSIGN(const auto context, resolver_.context(slot, located));
    batch_.index.put(
        store::index_key(store::index::kVector, slot.key, located.at.log, located.at.seq),
        encode_context(context, batch_.logs.names(), slot.compartment));
  }
  record.apply(located.at);
  record.has_non_writes = record.has_non_writes || !located.replaces;
  slot.changed = true;
  slot.applied = true;
  slot.filed.push_back(located.at);
  if (!located.change.content) return {};
  list_content(slot, located.change);
  // Wakes changes of this document that wait for a carrier of this content.
  if (!record.waiting) return {};
  return wake_waiting(slot.compartment_no, {*located.change.content, 1});
}

/// Short documents have no such rows: their few changes are read instead.
void Projector::list_content(const DocumentSlot& slot, const document::ChangeHeader& change) {
  if (!slot.record.counted || !change.content) return;
  batch_.index.put(store::content_key(slot.key, *change.content), {});
}

Status Projector::set_aside(DocumentSlot& slot, const LocalPosition& at, SetAside reason) {
  const auto code = static_cast<std::uint8_t>(reason);
  batch_.index.put(store::set_aside_key(at.log, at.seq),
                   Bytes(1, static_cast<char>(code | store::kOfKnownDocument)));
  batch_.index.put(store::index_key(store::index::kOfDocument, slot.key, at.log, at.seq),
                   Bytes(1, static_cast<char>(code)));
  return {};
}

/// Wakes and marks what depends on a position that was judged now.
Status Projector::judged(store::CompartmentNo compartment, const Position& position) {
  RELAIS_ASSIGN(auto dependents, waiting_.of(compartment, position));
  for (ChangeName& name : dependents.waiting) to_wake_.push_back(std::move(name));
  for (const Bytes& document : dependents.documents) RELAIS_TRY(mark_for_rebuild(document));
  return {};
}

Status Projector::wake_waiting(store::CompartmentNo compartment, const Position& position) {
  RELAIS_ASSIGN(auto dependents, waiting_.of(compartment, position));
  for (ChangeName& name : dependents.waiting) to_wake_.push_back(std::move(name));
  return {};
}

/// Wakes what waits for a position of the document that was applied or set aside.
Status Projector::settled(DocumentSlot& slot, const LocalPosition& at) {
  const AuthorId author = batch_.logs.find(at.log)->id.author;
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
  auto located = batch_.documents.change(batch_.source(), at);
  if (!located) return contain(*slot, at, std::move(located).error());
  spent_ += located->bytes;
  located->replaces = document::replaces_what_it_saw(located->change.ops);
  slot->needs_examination = true;
  return contain(*slot, at, enter(*slot, *located, wait->value_or(Wait{})));
}

Status Projector::wake_all() {
  for (; !to_wake_.empty() && spent_ < limits::kProjectionSliceBytes; to_wake_.pop_front()) {
    RELAIS_TRY(resume_waiting(to_wake_.front()));
    batch_.index.remove(wake_key(to_wake_.front()));
  }
  for (const ChangeName& name : to_wake_) {
    batch_.index.put(wake_key(name), {});
  }
  more_ = more_ || !to_wake_.empty();
  to_wake_.clear();
  return {};
}

Status Projector::mark_for_rebuild(BytesView document) {
  batch_.index.put(store::to_rebuild_key(document), {});
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
  for (const auto& [no, seq] : batch_.judged) commit.set_opened(no, seq);
  batch_.index.flush(commit.batch());
  return touched;
}

}  // namespace relais::replica

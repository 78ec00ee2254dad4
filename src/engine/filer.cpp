#include "engine/filer.h"

#include <algorithm>
#include <set>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "engine/names_document.h"

namespace relais::engine {

using store::Family;
using store::LocalPosition;

void Filer::add(const store::LogRow& row, std::uint64_t seq, Bytes change) {
  Arrived arrived{
      {row.no, seq}, row.id.author, row.id.compartment, {}, {}, store::SetAside::unreadable};
  auto summary = document::inspect_change(change, {row.id.author, seq});
  if (summary) {
    latest_stamp_ = std::max(latest_stamp_, summary->header.stamp);
    const document::Address& address = summary->header.address;
    if (!may_change(control_.membership, address, row.device_key)) {
      arrived.reason = store::SetAside::not_allowed;
    } else if (gate_.filed_right(row.id.compartment, address.collection, summary->sections)) {
      arrived.key = store::document_key(*logs_.compartment_no(row.id.compartment), address);
      arrived.header = std::move(summary->header);
      opened_.emplace(std::pair(row.no, seq), std::move(change));
    } else {
      arrived.reason = store::SetAside::misfiled;
    }
  }
  arrived_.push_back(std::move(arrived));
}

void Filer::add_unreadable(const store::LogRow& row, std::uint64_t seq) {
  arrived_.push_back(
      {{row.no, seq}, row.id.author, row.id.compartment, {}, {}, store::SetAside::unreadable});
}

Status Filer::load_slots() {
  for (const Arrived& arrived : arrived_) {
    if (!arrived.key.empty()) slots_.try_emplace(arrived.key);
  }
  std::vector<BytesView> keys;
  keys.reserve(slots_.size());
  for (const auto& [key, slot] : slots_) keys.push_back(key);
  RELAIS_ASSIGN(const auto records, store_.multi_get(Family::documents, keys));
  std::size_t i = 0;
  for (auto& [key, slot] : slots_) {
    const auto& bytes = records[i++];
    if (!bytes) continue;
    RELAIS_ASSIGN(slot.record, store::decode_document_record(*bytes));
    slot.listed_conflict = slot.record.conflicts;
  }
  return {};
}

Result<std::vector<Touched>> Filer::finish(store::Batch& batch) {
  RELAIS_TRY(load_slots());
  std::set<store::LogNo> opened_logs;
  for (const Arrived& arrived : arrived_) {
    RELAIS_TRY(file(batch, arrived));
    logs_.set_opened(arrived.at.log, arrived.at.seq);
    opened_logs.insert(arrived.at.log);
  }
  for (const store::LogNo no : opened_logs) logs_.update(batch, *logs_.find(no));
  std::vector<Touched> touched;
  for (auto& [key, slot] : slots_) {
    if (!slot.changed) continue;
    slot.record.waiting = slot.waiting_loaded ? !slot.waiting.empty() : slot.record.waiting;
    if (slot.record.conflicts != slot.listed_conflict) {
      const Bytes conflict = store::conflict_key(key);
      slot.record.conflicts ? batch.put(Family::index, conflict, {})
                            : batch.remove(Family::index, conflict);
    }
    batch.put(Family::documents, key, store::encode(slot.record));
    const auto name = store::parse_document_key(key);
    touched.push_back({*logs_.compartment(name->compartment), name->address});
  }
  return touched;
}

Status Filer::file(store::Batch& batch, const Arrived& arrived) {
  if (arrived.key.empty()) {
    batch.put(Family::index, store::set_aside_key(arrived.at.log, arrived.at.seq),
              Bytes(1, static_cast<char>(arrived.reason)));
    return {};
  }
  Slot& slot = slots_.at(arrived.key);
  if (slot.record.last(arrived.at.log) >= arrived.at.seq) return {};
  if (slot.record.waiting) RELAIS_TRY(load_waiting(arrived.key, slot));
  if (!ready(slot, arrived)) {
    RELAIS_TRY(load_waiting(arrived.key, slot));
    slot.waiting.push_back(arrived);
    slot.changed = true;
    batch.put(Family::index, store::waiting_key(arrived.key, arrived.at.log, arrived.at.seq), {});
    return {};
  }
  RELAIS_TRY(apply(slot, arrived));
  return release(batch, arrived.key, slot);
}

bool Filer::waits(const Slot& slot, const LocalPosition& at) {
  return std::any_of(slot.waiting.begin(), slot.waiting.end(),
                     [&](const Arrived& arrived) { return arrived.at == at; });
}

/// Each place the context names is applied here, or was filed and isn't waiting: set aside.
bool Filer::ready(const Slot& slot, const Arrived& arrived) const {
  for (const document::Position& seen : arrived.header.context.entries()) {
    const store::LogRow* row = logs_.find(log::LogId{arrived.compartment, seen.author});
    if (row == nullptr) return false;
    if (slot.record.last(row->no) >= seen.seq) continue;
    if (row->opened < seen.seq || waits(slot, {row->no, seen.seq})) return false;
  }
  return true;
}

bool Filer::has_seen_all(const Slot& slot, const document::Context& context) const {
  return std::all_of(slot.record.context.begin(), slot.record.context.end(),
                     [&](const LocalPosition& applied) {
                       return context.covers(logs_.find(applied.log)->id.author, applied.seq);
                     });
}

Status Filer::apply(Slot& slot, const Arrived& arrived) {
  slot.record.divided = slot.record.divided || !has_seen_all(slot, arrived.header.context);
  slot.record.apply(arrived.at);
  slot.changed = true;
  const bool fold = slot.record.tail.size() > limits::kDocumentTail;
  // Only what was written at once can conflict, or be brought back by undo: all else needs no look
  // at the state.
  if (!slot.record.divided && !fold) return {};
  RELAIS_ASSIGN(const document::State state,
                documents_.state(control_, store_, slot.record, opened_));
  slot.record.conflicts = state.has_conflicts();
  if (fold) {
    slot.record.checkpoint = state.canonical();
    slot.record.tail.clear();
  }
  return {};
}

/// Applies what waited for what was just applied, until nothing more gets ready.
Status Filer::release(store::Batch& batch, const Bytes& key, Slot& slot) {
  while (true) {
    const auto next = std::find_if(slot.waiting.begin(), slot.waiting.end(),
                                   [&](const Arrived& arrived) { return ready(slot, arrived); });
    if (next == slot.waiting.end()) return {};
    const Arrived arrived = std::move(*next);
    slot.waiting.erase(next);
    batch.remove(Family::index, store::waiting_key(key, arrived.at.log, arrived.at.seq));
    RELAIS_TRY(apply(slot, arrived));
  }
}

Status Filer::load_waiting(const Bytes& key, Slot& slot) {
  if (slot.waiting_loaded) return {};
  slot.waiting_loaded = true;
  if (!slot.record.waiting) return {};
  const Bytes prefix = store::waiting_prefix(key);
  const auto cursor = store_.scan_prefix(Family::index, prefix);
  for (; cursor->valid(); cursor->next()) {
    Reader in(cursor->key().substr(prefix.size()));
    const store::LogNo log = in.u32();
    RELAIS_ASSIGN(auto arrived, waiting_change(key, {log, in.u64()}));
    slot.waiting.push_back(std::move(arrived));
  }
  return cursor->status();
}

Result<Filer::Arrived> Filer::waiting_change(const Bytes& key, const LocalPosition& at) {
  RELAIS_ASSIGN(auto placed, documents_.change(control_, store_, at, opened_));
  const store::LogRow* row = logs_.find(at.log);
  return Arrived{at, row->id.author, row->id.compartment, key, std::move(placed.first), {}};
}

}  // namespace relais::engine

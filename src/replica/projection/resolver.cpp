#include "replica/projection/resolver.h"

#include <algorithm>
#include <set>

#include "base/try.h"
#include "replica/projection/folding.h"

namespace relais::replica {

using document::Context;
using document::Position;
using store::LocalPosition;
using Answer = Resolver::Answer;

namespace {

Answer ready() { return {}; }

Answer wait_for(Wait::For what, const Position& on) { return {Answer::Is::waits, {what, on, 0}}; }

}  // namespace

std::vector<Entry> entries_of(const document::Change& change, const Position& self) {
  std::vector<Entry> entries;
  if (change.cites.own_before != 0) {
    entries.push_back({{self.author, change.cites.own_before}, std::nullopt});
  }
  // A part's earlier parts are in its own log, and checked by follows_its_parts.
  if (change.content) return entries;
  for (const AuthorId& content : change.cites.contents) {
    entries.push_back({{content, 1}, std::nullopt, true});
  }
  for (const document::Cited& cited : change.cites.cited) {
    entries.push_back({{cited.author, cited.seq}, cited.hash});
  }
  if (change.cites.whole) return entries;
  for (const Position& named : named_positions(change)) {
    if (named.author != self.author) entries.push_back({named, std::nullopt});
  }
  return entries;
}

Result<Answer> Resolver::resolve(const DocumentSlot& slot, const LocalPosition& change,
                                 const std::vector<Entry>& entries, std::uint32_t from) {
  for (std::uint32_t i = from; i < entries.size(); ++i) {
    RELAIS_ASSIGN(Answer answer, resolve(slot, change, entries[i]));
    if (answer.is == Answer::Is::ready) continue;
    answer.wait.entry = i;
    return answer;
  }
  return ready();
}

Result<Answer> Resolver::resolve(const DocumentSlot& slot, const LocalPosition& change,
                                 const Entry& entry) {
  if (entry.by_content) return content(slot, entry.position);
  const log::LogId log{slot.compartment, entry.position.author};
  const auto end = batch_.admitted(log);
  if (end && entry.position.seq > *end) return beyond_end(slot, change, entry.position, *end);
  RELAIS_ASSIGN(const bool never_comes, this->never_comes(slot, entry));
  if (never_comes) {
    RELAIS_TRY(waiting_.depend(slot, change, entry.position));
    return ready();
  }
  const store::LogRow* row = batch_.logs.find(log);
  if (row == nullptr || row->head.seq < entry.position.seq) {
    return wait_for(Wait::For::position, entry.position);
  }
  const LocalPosition at{row->no, entry.position.seq};
  if (batch_.judged_to(*row) < at.seq || slot.pending.contains(at)) {
    return wait_for(Wait::For::position, entry.position);
  }
  RELAIS_ASSIGN(const bool same, matches(*row, entry));
  if (!same) return wait_for(Wait::For::hash, entry.position);
  RELAIS_ASSIGN(const bool applied, is_applied(slot, at));
  if (applied) return ready();
  return not_applied(slot, change, entry.position, row->no);
}

Result<Answer> Resolver::content(const DocumentSlot& slot, const Position& position) {
  if (slot.record.counted) {
    RELAIS_ASSIGN(const auto applied,
                  batch_.index.get(store::content_key(slot.key, position.author)));
    return applied ? ready() : wait_for(Wait::For::position, position);
  }
  for (const LocalPosition& at : slot.record.tail) {
    RELAIS_ASSIGN(const auto located, batch_.documents.header(batch_.source(), at));
    if (located.change.content == position.author) return ready();
  }
  return wait_for(Wait::For::position, position);
}

/// Ignores the entry once the author's changes up to the log's admitted end are settled.
Result<Answer> Resolver::beyond_end(const DocumentSlot& slot, const LocalPosition& change,
                                    const Position& position, std::uint64_t end) {
  RELAIS_TRY(waiting_.depend(slot, change, position));
  if (end == 0) return ready();
  const Position last{position.author, end};
  const store::LogRow* row = batch_.logs.find(log::LogId{slot.compartment, position.author});
  if (row == nullptr || batch_.judged_to(*row) < end || slot.pending.contains({row->no, end})) {
    return wait_for(Wait::For::position, last);
  }
  return settled_before(slot, {position.author, end + 1}, row->no);
}

Result<Answer> Resolver::not_applied(const DocumentSlot& slot, const LocalPosition& change,
                                     const Position& position, store::LogNo log) {
  const LocalPosition at{log, position.seq};
  RELAIS_ASSIGN(const bool waits, waiting_.waits(slot, at));
  if (waits) return wait_for(Wait::For::position, position);
  RELAIS_ASSIGN(const auto its_own, batch_.index.get(store::index_key(
                                        store::index::kOfDocument, slot.key, log, position.seq)));
  if (its_own) return settled_before(slot, position, log);
  RELAIS_TRY(waiting_.depend(slot, change, position));
  RELAIS_ASSIGN(const auto aside, batch_.index.get(store::set_aside_key(log, position.seq)));
  const bool unreadable =
      aside && aside->size() == 1 &&
      (static_cast<std::uint8_t>(aside->front()) & store::kOfKnownDocument) == 0;
  if (unreadable) return settled_before(slot, position, log);
  return Answer{Answer::Is::invalid, {}};
}

Result<Answer> Resolver::settled_before(const DocumentSlot& slot, const Position& position,
                                        store::LogNo log) {
  const auto pending = slot.pending.lower_bound({log, 0});
  const bool to_be_filed =
      pending != slot.pending.end() && pending->log == log && pending->seq < position.seq;
  RELAIS_ASSIGN(const std::uint64_t waits, waiting_.next(slot, log, slot.record.last(log)));
  if (!to_be_filed && (waits == 0 || waits >= position.seq)) return ready();
  return wait_for(Wait::For::before, position);
}

Result<bool> Resolver::matches(const store::LogRow& row, const Entry& entry) const {
  if (!entry.hash) return true;
  const auto fresh = batch_.hashes.find({row.no, entry.position.seq});
  crypto::Hash hash;
  if (fresh != batch_.hashes.end()) {
    hash = fresh->second;
  } else {
    RELAIS_ASSIGN(hash, hash_at(batch_.store, row, entry.position.seq));
  }
  return hash.view().starts_with(entry.hash->view());
}

/// Whether the entry is of a frozen log, and isn't held or has another hash.
Result<bool> Resolver::never_comes(const DocumentSlot& slot, const Entry& entry) const {
  if (batch_.frozen.empty() || entry.by_content) return false;
  const store::LogRow* row = batch_.logs.find(log::LogId{slot.compartment, entry.position.author});
  if (row == nullptr || !batch_.frozen.contains(row->no)) return false;
  if (row->head.seq < entry.position.seq) return true;
  RELAIS_ASSIGN(const bool same, matches(*row, entry));
  return !same;
}

Result<bool> Resolver::ignores_entries(const DocumentSlot& slot,
                                       const LocatedChange& located) const {
  if (batch_.frozen.empty()) return false;
  for (const Entry& entry : entries_of(located.change, located.position)) {
    RELAIS_ASSIGN(const bool never, never_comes(slot, entry));
    if (never) return true;
  }
  return false;
}

Result<bool> Resolver::is_applied(const DocumentSlot& slot, const LocalPosition& at) {
  const std::uint64_t last = slot.record.last(at.log);
  if (at.seq >= last) return at.seq == last && last != 0;
  if (slot.record.in_tail(at)) return true;
  if (!slot.record.counted) return false;
  return is_folded(batch_.index, slot.key, at);
}

/// By induction: the previous change was checked against its own parts.
Result<bool> Resolver::follows_its_parts(const DocumentSlot& slot, const LocatedChange& located) {
  if (!located.change.content || located.change.cites.contents.empty()) return true;
  const LocalPosition before{located.at.log, located.at.seq - 1};
  RELAIS_ASSIGN(const bool applied, is_applied(slot, before));
  if (!applied) return false;
  RELAIS_ASSIGN(const auto part, batch_.documents.header(batch_.source(), before));
  if (!part.change.content) return false;
  std::vector<AuthorId> parts = part.change.cites.contents;
  parts.insert(std::upper_bound(parts.begin(), parts.end(), *part.change.content),
               *part.change.content);
  return parts == located.change.cites.contents;
}

Result<Context> Resolver::context(const DocumentSlot& slot, const LocatedChange& located) {
  Context context;
  if (located.change.cites.whole) {
    RELAIS_ASSIGN(context, whole_context(slot, located));
  } else {
    for (const Entry& entry : entries_of(located.change, located.position)) {
      if (entry.by_content) continue;  // a content has no position in a context
      RELAIS_ASSIGN(const bool never, never_comes(slot, entry));
      if (never) continue;
      RELAIS_ASSIGN(const Context its, stands_for(slot, entry.position));
      context = united(context, its);
    }
    for (const Position& exception : located.change.cites.exceptions) {
      if (context.last(exception.author) >= exception.seq) context.except(exception);
    }
  }
  if (needs_vector(located.change)) RELAIS_TRY(except_floors(slot, located.change, context));
  return context;
}

/// The context of a whole change, without entries that never arrive.
Result<Context> Resolver::whole_context(const DocumentSlot& slot,
                                        const LocatedChange& located) const {
  const Context& said = located.change.context;
  if (batch_.frozen.empty()) return within_ends(slot, said);
  std::set<AuthorId> ignored;
  for (const Entry& entry : entries_of(located.change, located.position)) {
    RELAIS_ASSIGN(const bool never, never_comes(slot, entry));
    if (never) ignored.insert(entry.position.author);
  }
  Context left;
  for (const Position& entry : said.entries()) {
    if (!ignored.contains(entry.author)) left.advance(entry.author, entry.seq);
  }
  return within_ends(slot, clipped(said, left));
}

Result<Context> Resolver::stands_for(const DocumentSlot& slot, const Position& position) {
  Position up_to = position;
  const auto end = batch_.admitted({slot.compartment, position.author});
  if (end) up_to.seq = std::min(up_to.seq, *end);
  const store::LogRow* row = batch_.logs.find(log::LogId{slot.compartment, position.author});
  if (row == nullptr || up_to.seq == 0) return Context{};
  LocalPosition at{row->no, up_to.seq};
  RELAIS_ASSIGN(const bool applied, is_applied(slot, at));
  if (!applied) {
    RELAIS_ASSIGN(at.seq, last_applied_before(slot, at));
  }
  Context context;
  if (at.seq != 0) {
    RELAIS_ASSIGN(context, context_at(slot, at));
  }
  Context prefix;
  prefix.advance(up_to.author, up_to.seq);
  return united(context, prefix);
}

/// The context of an applied change, cached in the index.
Result<Context> Resolver::context_at(const DocumentSlot& slot, const LocalPosition& at) {
  const Bytes key = store::index_key(store::index::kVector, slot.key, at.log, at.seq);
  RELAIS_ASSIGN(const auto known, batch_.index.get(key));
  if (known) return decode_context(*known, batch_.logs.names());
  RELAIS_ASSIGN(const auto located, batch_.documents.change(batch_.source(), at));
  if (needs_vector(located.change)) {
    return Error(ErrorCode::corrupt, "A change's context is missing in the store.");
  }
  RELAIS_ASSIGN(const Context context, whole_context(slot, located));
  batch_.index.put(key, encode_context(context, batch_.logs.names(), slot.compartment));
  return context;
}

/// The context restricted to the logs' admitted ends.
Context Resolver::within_ends(const DocumentSlot& slot, const Context& context) const {
  Context ends;
  for (const Position& entry : context.entries()) {
    const auto end = batch_.admitted({slot.compartment, entry.author});
    ends.advance(entry.author, std::min(entry.seq, end.value_or(entry.seq)));
  }
  return clipped(context, ends);
}

Result<std::uint64_t> Resolver::last_applied_before(const DocumentSlot& slot,
                                                    const LocalPosition& at) {
  const std::uint64_t last = slot.record.last(at.log);
  if (last < at.seq) return last;
  const auto& tail = slot.record.tail;
  auto after = std::lower_bound(tail.begin(), tail.end(), at);
  if (after != tail.begin() && (--after)->log == at.log) return after->seq;
  if (!slot.record.counted) return std::uint64_t{0};
  return last_folded_before(batch_.index, slot.key, at);
}

Status Resolver::except_floors(const DocumentSlot& slot, const document::Change& change,
                               Context& context) {
  for (const document::Cited& cited : change.cites.cited) {
    const store::LogRow* row = batch_.logs.find(log::LogId{slot.compartment, cited.author});
    if (cited.floor == 0 || row == nullptr) continue;
    LocalPosition at{row->no, cited.floor + 1};
    while (true) {
      RELAIS_ASSIGN(at.seq, last_applied_before(slot, at));
      if (at.seq == 0) break;
      if (context.covers(cited.author, at.seq)) context.except({cited.author, at.seq});
    }
  }
  return {};
}

Result<crypto::Hash> hash_at(const store::Reads& store, const store::LogRow& row,
                             std::uint64_t seq) {
  if (seq == row.head.seq) return row.head.hash;
  RELAIS_ASSIGN(const auto next, store.get(store::Family::log, store::block_key(row.no, seq + 1)));
  if (!next) return Error(ErrorCode::not_found, "A block is missing in the store.");
  RELAIS_ASSIGN(const auto block, store::decode_block(*next));
  return block.before;
}

}  // namespace relais::replica

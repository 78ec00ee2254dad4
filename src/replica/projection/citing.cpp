#include "replica/projection/citing.h"

#include <algorithm>
#include <map>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "replica/projection/folding.h"
#include "replica/projection/resolver.h"

namespace relais::replica {

using document::Position;
using store::Family;

namespace {

/// With up to so many other authors a whole context is cheaper than choosing a listed one.
constexpr std::size_t kAlwaysWhole = 4;

/// More unreadable positions than these are shorter as a floor than as exceptions.
constexpr std::size_t kFewUnreadable = 8;

/// Ops that remove something, or change only whether it is shown.
struct Removes {
  bool operator()(const document::op::Delete&) const { return true; }
  bool operator()(const document::op::Restore&) const { return true; }
  bool operator()(const document::op::Keep&) const { return true; }
  bool operator()(const document::op::Clear&) const { return true; }
  bool operator()(const document::op::Withdraw&) const { return true; }
  bool operator()(const document::op::DeleteText&) const { return true; }
  bool operator()(const document::op::ResetCounter&) const { return true; }
  bool operator()(const document::op::Remove&) const { return true; }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

using Floors = std::map<AuthorId, std::uint64_t>;

/// Up to `most` positions from `first` to `last` that aren't known to be of a document.
Result<std::vector<std::uint64_t>> unreadable(const Core& core, const store::LogRow& row,
                                              std::uint64_t first, std::uint64_t last,
                                              std::size_t most) {
  std::vector<std::uint64_t> positions;
  const auto cursor = core.store->scan(Family::index, store::set_aside_key(row.no, first),
                                       store::set_aside_key(row.no, last + 1));
  for (; cursor->valid() && positions.size() < most; cursor->next()) {
    const auto reason = static_cast<std::uint8_t>(cursor->value().front());
    if ((reason & store::kOfKnownDocument) == 0) positions.push_back(store::seq_of(cursor->key()));
  }
  RELAIS_TRY(cursor->status());
  return positions;
}

Result<std::uint64_t> first_applied(const Core& core, const DocumentSlot& slot, store::LogNo log) {
  std::uint64_t first = 0;
  if (slot.record.counted) {
    RELAIS_ASSIGN(first, first_folded(IndexOverlay(*core.store), slot.key, log));
  }
  const auto& tail = slot.record.tail;
  const auto in_tail = std::lower_bound(tail.begin(), tail.end(), store::LocalPosition{log, 0});
  const bool has = in_tail != tail.end() && in_tail->log == log;
  if (has && (first == 0 || in_tail->seq < first)) first = in_tail->seq;
  return first;
}

/// For each log with many unreadable positions before its first applied change: the seq before that
/// change.
Result<Floors> floors_of(const Core& core, const DocumentSlot& slot, const document::Context& seen,
                         const Position& self) {
  Floors floors;
  for (const Position& entry : seen.entries()) {
    const store::LogRow* row = core.logs.find(log::LogId{slot.compartment, entry.author});
    if (row == nullptr || entry.author == self.author) continue;
    RELAIS_ASSIGN(const std::uint64_t first, first_applied(core, slot, row->no));
    if (first <= kFewUnreadable) continue;
    RELAIS_ASSIGN(const auto positions, unreadable(core, *row, 1, first - 1, kFewUnreadable + 1));
    if (positions.size() > kFewUnreadable) floors[entry.author] = first - 1;
  }
  return floors;
}

/// Collects the positions that the context's entries include although they aren't applied.
class Exceptions {
 public:
  Exceptions(const Core& core, const Floors& floors, document::Context& context)
      : core_(core), floors_(floors), context_(context) {}

  /// Adds the document's changes that are set aside.
  Status add_of_document(BytesView key) {
    const Bytes prefix = store::index_prefix(store::index::kOfDocument, key);
    const auto cursor = core_.store->scan_prefix(Family::index, prefix);
    for (; cursor->valid() && !full(); cursor->next()) {
      Reader in(cursor->key().substr(prefix.size()));
      const store::LogRow* row = core_.logs.find(store::LogNo{in.u32()});
      if (row != nullptr) add({row->id.author, in.u64()});
    }
    return cursor->status();
  }
  /// Adds the unreadable positions of a log, whatever their document.
  Status add_unreadable(const store::LogRow& row, std::uint64_t up_to) {
    const std::size_t room = limits::kContextExceptions - context_.exceptions().size();
    RELAIS_ASSIGN(const auto positions,
                  unreadable(core_, row, floor(row.id.author) + 1, up_to, room));
    for (const std::uint64_t seq : positions) add({row.id.author, seq});
    return {};
  }

 private:
  std::uint64_t floor(const AuthorId& author) const {
    const auto found = floors_.find(author);
    return found == floors_.end() ? 0 : found->second;
  }
  bool full() const { return context_.exceptions().size() >= limits::kContextExceptions; }
  void add(const Position& position) {
    const bool named = position.seq <= context_.last(position.author);
    if (named && position.seq > floor(position.author)) context_.except(position);
  }

  const Core& core_;
  const Floors& floors_;
  document::Context& context_;
};

/// Whether the ops require a whole context.
bool is_whole(const document::Change& change) {
  return std::any_of(change.ops.begin(), change.ops.end(), [](const document::Op& op) {
    return std::holds_alternative<document::op::Delete>(op.what) ||
           std::holds_alternative<document::op::Restore>(op.what);
  });
}

/// Chooses the entries of a change's context.
class Heads {
 public:
  struct Chosen {
    bool whole = true;
    std::vector<Position> cited;
    document::Context covered;
  };

  Heads(Core& core, DocumentSlot slot)
      : batch_{*core.store,
               core.logs,
               core.control,
               core.documents,
               core.decryptor,
               core.admitted,
               core.frozen,
               IndexOverlay(*core.store),
               {},
               {},
               {}},
        slot_(std::move(slot)) {}

  /// A whole context if there are few authors; else a listed one, if few changes cover all.
  Result<Chosen> of(const document::Context& seen, const Position& self, bool must_be_whole) {
    Chosen whole{true, {seen.entries().begin(), seen.entries().end()}, seen};
    const bool own = seen.last(self.author) != 0;
    if (seen.entries().size() - (own ? 1 : 0) <= kAlwaysWhole) return whole;
    if (must_be_whole || !seen.exceptions().empty()) return whole;
    Chosen heads{false, {}, {}};
    RELAIS_TRY(choose(seen, self, heads));
    if (heads.cited.size() > limits::kListedEntries || !heads.covered.covers(seen)) return whole;
    for (const Position& exception : heads.covered.exceptions()) {
      if (seen.covers(exception.author, exception.seq)) return whole;
    }
    return heads;
  }

 private:
  /// The last changes that aren't covered by another's context.
  Status choose(const document::Context& seen, const Position& self, Chosen& heads) {
    std::vector<std::pair<Position, document::Context>> last;
    for (const Position& entry : seen.entries()) {
      RELAIS_ASSIGN(auto its, resolver_.stands_for(slot_, entry));
      last.emplace_back(entry, std::move(its));
    }
    for (const auto& [entry, its] : last) {
      const bool covered = std::any_of(last.begin(), last.end(), [&at = entry](const auto& other) {
        return other.first != at && other.second.covers(at.author, at.seq);
      });
      if (covered && entry.author != self.author) continue;
      heads.cited.push_back(entry);
      heads.covered = united(heads.covered, its);
    }
    // A listed context has at least one entry of another author.
    const bool alone = heads.cited.size() == 1 && heads.cited[0].author == self.author;
    const auto& any = last.front().first.author == self.author ? last[1] : last[0];
    if (alone) heads.cited.push_back(any.first);
    return {};
  }

  ProjectionBatch batch_;
  WaitingIndex waiting_{batch_};
  Resolver resolver_{batch_, waiting_};
  DocumentSlot slot_;
};

std::uint64_t size_of(const store::DocumentRecord& record) {
  return record.checkpoint_bytes + record.tail_bytes;
}

Error too_large() {
  return Error(ErrorCode::limit_exceeded,
               "The document has grown to " +
                   std::to_string(limits::kDocumentGrowthBytes / (1024 * 1024)) +
                   " MiB, and this device has written " +
                   std::to_string(limits::kOwnShareBytes / (1024 * 1024)) +
                   " MiB of it: continue in another document.");
}

Error too_much() {
  return Error(ErrorCode::limit_exceeded,
               "This device has written " +
                   std::to_string(limits::kAuthorGrowthBytes / (1024 * 1024)) +
                   " MiB of changes to the document, and can only remove from it: continue in "
                   "another document.");
}

/// The bytes of this author's changes of the document; 0 for small documents, which aren't counted.
std::uint64_t written_by(const Core& core, const CompartmentId& compartment,
                         const store::DocumentRecord& record) {
  const store::LogRow* own = core.logs.find(log::LogId{compartment, core.identity.author()});
  if (own == nullptr) return 0;
  const auto its = std::find_if(record.authors.begin(), record.authors.end(),
                                [&](const auto& author) { return author.log == own->no; });
  return its == record.authors.end() ? 0 : its->bytes;
}

/// Sets the citations, with the hashes of the logs.
Status cite_heads(const Core& core, const CompartmentId& compartment, const Position& self,
                  document::Change& citing) {
  Status failed;
  const auto hash_of = [&](const Position& entry) {
    const store::LogRow* row = core.logs.find(log::LogId{compartment, entry.author});
    auto hash = row != nullptr ? hash_at(*core.store, *row, entry.seq)
                               : Error(ErrorCode::corrupt,
                                       "A document cites a log that is missing in the store.");
    if (!hash) {
      failed = std::move(hash).error();
      return document::HeadPrefix();
    }
    return *document::HeadPrefix::from(hash->view().substr(0, document::HeadPrefix::kSize));
  };
  document::cite(citing, self, hash_of);
  return failed;
}

}  // namespace

Status cite_applied(Core& core, const CompartmentId& compartment, document::Change& change,
                    const Position& self, bool has_marks) {
  const auto no = core.logs.compartment_no(compartment);
  if (change.context.entries().empty() || !no) return {};
  const Bytes key = store::document_key(*no, change.address);
  DocumentSlot slot;
  slot.key = key;
  slot.compartment_no = *no;
  slot.compartment = compartment;
  RELAIS_ASSIGN(slot.record, Documents::record(*core.store, key));
  RELAIS_ASSIGN(const Floors floors, floors_of(core, slot, change.context, self));
  const bool whole = has_marks || !floors.empty() || is_whole(change);
  RELAIS_ASSIGN(const auto heads, Heads(core, std::move(slot)).of(change.context, self, whole));
  document::Context covered = heads.covered;
  Exceptions exceptions(core, floors, covered);
  RELAIS_TRY(exceptions.add_of_document(key));
  for (const Position& entry : heads.covered.entries()) {
    const store::LogRow* row = core.logs.find(log::LogId{compartment, entry.author});
    if (row != nullptr) RELAIS_TRY(exceptions.add_unreadable(*row, entry.seq));
  }
  // The change cites the heads; its context stays what was seen.
  document::Change citing;
  citing.cites = change.cites;
  for (const Position& head : heads.cited) citing.context.advance(head.author, head.seq);
  RELAIS_TRY(cite_heads(core, compartment, self, citing));
  citing.cites.whole = heads.whole;
  citing.cites.exceptions = covered.exceptions();
  for (document::Cited& entry : citing.cites.cited) {
    const auto floor = floors.find(entry.author);
    if (floor != floors.end()) entry.floor = floor->second;
  }
  change.cites = std::move(citing.cites);
  return {};
}

Status check_growth(Core& core, const CompartmentId& compartment, const document::Change& change,
                    std::size_t bytes) {
  const auto no = core.logs.compartment_no(compartment);
  if (!no) return {};
  RELAIS_ASSIGN(const auto record,
                Documents::record(*core.store, store::document_key(*no, change.address)));
  const std::uint64_t own = written_by(core, compartment, record) + bytes;
  if (only_removes(change)) return own > limits::kAuthorInDocumentBytes ? too_much() : Status{};
  // However much others have written, each author may add a share.
  const bool large = size_of(record) + bytes > limits::kDocumentGrowthBytes;
  if (large && own > limits::kOwnShareBytes) return too_large();
  return own > limits::kAuthorGrowthBytes ? too_much() : Status{};
}

bool only_removes(const document::Change& change) {
  return std::all_of(change.ops.begin(), change.ops.end(),
                     [](const document::Op& op) { return std::visit(Removes{}, op.what); });
}

}  // namespace relais::replica

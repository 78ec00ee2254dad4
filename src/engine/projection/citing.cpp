#include "engine/projection/citing.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "engine/projection/resolver.h"

namespace relais::engine {

using document::Position;
using store::Family;

namespace {

/// Contexts of so many other authors cost less as a list than as heads whose contexts are looked
/// up.
constexpr std::size_t kAlwaysWhole = 4;

struct Removes {
  bool operator()(const document::op::Delete&) const { return true; }
  bool operator()(const document::op::Withdraw&) const { return true; }
  bool operator()(const document::op::DeleteText&) const { return true; }
  bool operator()(const document::op::ResetCounter&) const { return true; }
  bool operator()(const document::op::Remove&) const { return true; }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

/// Collects places that the context covers by their number though they aren't applied.
class Exceptions {
 public:
  Exceptions(const Core& core, document::Context& context) : core_(core), context_(context) {}

  /// Set aside as changes of the document.
  Status add_of_document(BytesView key) {
    const Bytes prefix = store::index_prefix(store::index::kOfDocument, key);
    const auto cursor = core_.store->scan_prefix(Family::index, prefix);
    for (; cursor->valid(); cursor->next()) {
      Reader in(cursor->key().substr(prefix.size()));
      const store::LogRow* row = core_.logs.find(store::LogNo{in.u32()});
      if (row != nullptr) add({row->id.author, in.u64()});
    }
    return cursor->status();
  }
  /// Of a log: those that can't be read, of whatever document.
  Status add_unreadable(const store::LogRow& row, std::uint64_t up_to) {
    const auto cursor = core_.store->scan(Family::index, store::set_aside_key(row.no, 0),
                                          store::set_aside_key(row.no, up_to));
    for (; cursor->valid() && !full(); cursor->next()) {
      const bool known =
          (static_cast<std::uint8_t>(cursor->value().front()) & store::kOfKnownDocument) != 0;
      if (!known) add({row.id.author, store::seq_of(cursor->key())});
    }
    return cursor->status();
  }

 private:
  bool full() const { return context_.exceptions().size() >= limits::kContextExceptions; }
  void add(const Position& place) {
    if (!full() && place.seq <= context_.last(place.author)) context_.except(place);
  }

  const Core& core_;
  document::Context& context_;
};

/// Chooses what a change cites.
class Heads {
 public:
  struct Chosen {
    bool whole = true;
    std::vector<Position> cited;
    document::Context covered;
  };

  Heads(Core& core, DocumentSlot slot)
      : ground_{*core.store,
                core.logs,
                core.control,
                core.documents,
                core.opener,
                core.admitted,
                IndexOverlay(*core.store),
                {},
                {},
                {}},
        slot_(std::move(slot)) {}

  /// The whole context of few; else the changes whose contexts come to it, if they are few.
  Result<Chosen> of(const document::Context& seen, const document::Change& change,
                    const Position& self) {
    Chosen whole{true, {seen.entries().begin(), seen.entries().end()}, seen};
    const bool own = seen.last(self.author) != 0;
    if (seen.entries().size() - (own ? 1 : 0) <= kAlwaysWhole) return whole;
    if (!seen.exceptions().empty() || has_mark(change)) return whole;
    Chosen heads{false, {}, {}};
    RELAIS_TRY(choose(seen, self, heads));
    if (heads.cited.size() > limits::kListedEntries || !heads.covered.covers(seen)) return whole;
    for (const Position& exception : heads.covered.exceptions()) {
      if (seen.covers(exception.author, exception.seq)) return whole;
    }
    return heads;
  }

 private:
  /// Such a change is always whole.
  static bool has_mark(const document::Change& change) {
    return std::any_of(change.ops.begin(), change.ops.end(), [](const document::Op& op) {
      return std::holds_alternative<document::op::Delete>(op.what);
    });
  }

  /// The last changes that no other one's context covers.
  Status choose(const document::Context& seen, const Position& self, Chosen& heads) {
    std::vector<std::pair<Position, document::Context>> last;
    for (const Position& entry : seen.entries()) {
      RELAIS_ASSIGN(auto its, resolver_.stands_for(slot_, entry));
      last.emplace_back(entry, std::move(its));
    }
    for (const auto& [entry, its] : last) {
      const bool covered = std::any_of(last.begin(), last.end(), [&](const auto& other) {
        return other.first != entry && other.second.covers(entry.author, entry.seq);
      });
      if (covered && entry.author != self.author) continue;
      heads.cited.push_back(entry);
      heads.covered = united(heads.covered, its);
    }
    // One of another author stands in any list.
    const bool alone = heads.cited.size() == 1 && heads.cited[0].author == self.author;
    const auto& any = last.front().first.author == self.author ? last[1] : last[0];
    if (alone) heads.cited.push_back(any.first);
    return {};
  }

  ProjectionGround ground_;
  WaitingIndex waiting_{ground_};
  Resolver resolver_{ground_, waiting_};
  DocumentSlot slot_;
};

std::uint64_t size_of(const store::DocumentRecord& record) {
  return record.checkpoint_bytes + record.tail_bytes;
}

Error too_large() {
  return Error(ErrorCode::limit_exceeded,
               "The document has grown to " +
                   std::to_string(limits::kDocumentGrowthBytes / (1024 * 1024)) +
                   " MiB: remove something from it, or write on in another document.");
}

Error too_much() {
  return Error(ErrorCode::limit_exceeded,
               "This device has written " +
                   std::to_string(limits::kAuthorGrowthBytes / (1024 * 1024)) +
                   " MiB of changes to the document, and can only remove from it: write on in "
                   "another document.");
}

}  // namespace

Status cite_applied(Core& core, const CompartmentId& compartment, document::Change& change,
                    const Position& self) {
  const auto no = core.logs.compartment_no(compartment);
  if (change.context.entries().empty() || !no) return {};
  const Bytes key = store::document_key(*no, change.address);
  DocumentSlot slot;
  slot.key = key;
  slot.compartment_no = *no;
  slot.compartment = compartment;
  RELAIS_ASSIGN(slot.record, Documents::record(*core.store, key));
  RELAIS_ASSIGN(const auto heads, Heads(core, std::move(slot)).of(change.context, change, self));
  document::Context covered = heads.covered;
  Exceptions exceptions(core, covered);
  RELAIS_TRY(exceptions.add_of_document(key));
  for (const Position& entry : heads.covered.entries()) {
    const store::LogRow* row = core.logs.find(log::LogId{compartment, entry.author});
    if (row != nullptr) RELAIS_TRY(exceptions.add_unreadable(*row, entry.seq));
  }
  Status failed;
  const auto hash_of = [&](const Position& entry) {
    const store::LogRow* row = core.logs.find(log::LogId{compartment, entry.author});
    auto hash = row != nullptr
                    ? hash_at(*core.store, *row, entry.seq)
                    : Error(ErrorCode::corrupt, "A document cites a log that isn't here.");
    if (!hash) {
      failed = std::move(hash).error();
      return document::HeadPrefix();
    }
    return *document::HeadPrefix::from(hash->view().substr(0, document::HeadPrefix::kSize));
  };
  // What is cited are the heads; what it covers is what was seen.
  document::Change citing;
  citing.cites = change.cites;
  for (const Position& head : heads.cited) citing.context.advance(head.author, head.seq);
  document::cite(citing, self, hash_of);
  citing.cites.whole = heads.whole;
  citing.cites.exceptions = covered.exceptions();
  change.cites = std::move(citing.cites);
  return failed;
}

Status check_growth(Core& core, const CompartmentId& compartment, const document::Change& change,
                    std::size_t bytes) {
  const auto no = core.logs.compartment_no(compartment);
  if (!no) return {};
  RELAIS_ASSIGN(const auto record,
                Documents::record(*core.store, store::document_key(*no, change.address)));
  const bool adds = !only_removes(change);
  if (adds && size_of(record) + bytes > limits::kDocumentGrowthBytes) return too_large();
  const store::LogRow* own = core.logs.find(log::LogId{compartment, core.identity.author()});
  if (own == nullptr) return {};
  const auto its = std::find_if(record.authors.begin(), record.authors.end(),
                                [&](const auto& author) { return author.log == own->no; });
  const std::uint64_t written = its == record.authors.end() ? 0 : its->bytes;
  const std::uint64_t most = adds ? limits::kAuthorGrowthBytes : limits::kAuthorInDocumentBytes;
  return written + bytes > most ? Status(too_much()) : Status{};
}

bool only_removes(const document::Change& change) {
  return std::all_of(change.ops.begin(), change.ops.end(),
                     [](const document::Op& op) { return std::visit(Removes{}, op.what); });
}

}  // namespace relais::engine

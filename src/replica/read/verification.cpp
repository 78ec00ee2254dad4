#include "replica/read/verification.h"

#include <algorithm>
#include <map>

#include "base/coding.h"
#include "base/try.h"
#include "replica/core.h"
#include "replica/read/rederived.h"
#include "store/tables/log_append.h"
#include "store/tables/seals.h"

namespace relais::replica {
namespace {

using store::Family;
using Positions = std::vector<store::LocalPosition>;

/// Whether a read failed without damage: then nothing is known of what was to be read.
bool is_unread(const Error& error) { return error.code() == ErrorCode::store_failed; }

class Verification {
 public:
  Verification(const Snapshot& snapshot, const store::LogTable& logs,
               const std::function<bool()>& should_stop)
      : snapshot_(snapshot), from_(snapshot.source()), logs_(logs), should_stop_(should_stop) {}

  Result<VerifyReport> run() {
    for (const auto& [id, row] : logs_.rows()) RELAIS_TRY(check_log(row));
    RELAIS_TRY(check_documents());
    RELAIS_TRY(check_indexes());
    RELAIS_TRY(check_files());
    return std::move(report_);
  }

 private:
  void problem(const store::LogRow& row, std::uint64_t seq, const char* what) {
    report_.problems.push_back("Log " + std::to_string(row.no) + ", change " + std::to_string(seq) +
                               ": " + what);
  }

  /// The signed heads of a log by seq. A seal that isn't valid is a problem, and is ignored.
  Result<std::map<std::uint64_t, crypto::Hash>> signed_heads(const store::LogRow& row) {
    std::map<std::uint64_t, crypto::Hash> heads;
    RELAIS_ASSIGN(const auto seals, store::seals_after(from_.store, row.no, 0));
    for (const store::StoredSeal& seal : seals) {
      ++report_.seals;
      const auto verified = verified_seal(row, seal.encoded);
      if (!verified) {
        problem(row, 0, "A seal isn't valid.");
        continue;
      }
      for (const auto& head : verified->header.heads) heads[head.seq] = head.hash;
    }
    return heads;
  }

  /// Nothing: the seal isn't valid, or of another log.
  std::optional<log::VerifiedSeal> verified_seal(const store::LogRow& row, BytesView encoded) {
    auto verified = log::verify_seal(
        encoded, from_.space,
        [this](const crypto::SigningPublicKey& key) { return checked_keys_.contains(key); });
    if (!verified || verified->log != row.id) return std::nullopt;
    checked_keys_.insert(row.device_key);
    return std::move(*verified);
  }

  /// The stored proof is sent to peers as it is, so its seals must be valid.
  void check_fork_proof(const store::LogRow& row) {
    const auto fork = logs_.forks().find(row.no);
    if (fork == logs_.forks().end()) return;
    const store::ForkProof& proof = fork->second;
    if (!verified_seal(row, proof.one) || !verified_seal(row, proof.other)) {
      problem(row, row.head.seq, "The proof of the log's fork isn't valid.");
    }
  }

  Status check_stop() const {
    if (!should_stop_ || !should_stop_()) return {};
    return Error(ErrorCode::closed, "The replica was closed.");
  }

  Status check_log(const store::LogRow& row) {
    RELAIS_TRY(check_stop());
    if (row.head.seq == 0) return {};  // only the author's id is known: proof of too many authors
    ++report_.logs;
    RELAIS_ASSIGN(const auto heads, signed_heads(row));
    check_fork_proof(row);
    const bool own = row.device_key == snapshot_.core().identity.keys.signing.public_key;
    if (!own && row.head.seq > 0 && !heads.contains(row.head.seq)) {
      problem(row, row.head.seq, "The log's head isn't signed.");
    }
    log::Head head = log::genesis(from_.space, row.id);
    log::Distance distance;
    const auto cursor =
        from_.store.scan(Family::log, store::block_key(row.no, 1), store::block_key(row.no + 1, 0));
    for (; cursor->valid(); cursor->next()) {
      RELAIS_ASSIGN(const bool whole,
                    check_block(row, head, store::seq_of(cursor->key()), cursor->value()));
      if (!whole) return {};
      distance.add(cursor->value().size() - store::kStoredBlockOverhead, new_run_bytes(row, head));
      const auto signed_head = heads.find(head.seq);
      if (signed_head == heads.end()) continue;
      if (signed_head->second != head.hash) {
        problem(row, head.seq, "The hash differs from the signed one.");
        return {};
      }
      if (distance.too_far())
        problem(row, head.seq, "The signed heads are too far apart for the log to be sent.");
      distance = {};
    }
    RELAIS_TRY(cursor->status());
    if (!(head == row.head))
      problem(row, row.head.seq, "The log's end differs from its recorded head.");
    return {};
  }

  /// The size of the run header if a run starts at the head, else 0.
  std::size_t new_run_bytes(const store::LogRow& row, const log::Head& head) const {
    const auto run = logs_.run(row.no, head.seq);
    return run != logs_.run(row.no, head.seq - 1) ? run->size() : 0;
  }

  /// Advances the head by one block. False: the chain is broken, so the rest can't be checked.
  Result<bool> check_block(const store::LogRow& row, log::Head& head, std::uint64_t seq,
                           BytesView value) {
    ++report_.changes;
    const auto stored = store::decode_block(value);
    const auto run = logs_.run(row.no, seq);
    if (seq != head.seq + 1 || !stored || stored->before != head.hash || run == nullptr) {
      problem(row, seq, "The chain of hashes is broken.");
      return false;
    }
    const crypto::Hash run_hash = log::hash_run_header(*run);
    const auto associated = log::associated_data(head, run_hash, stored->transaction_end);
    if (seq <= row.opened && row.id.compartment != log::control_compartment(from_.space)) {
      Bytes change;
      const Status opened =
          from_.decryptor.open(change, from_.control, row,
                               {seq, stored->transaction_end, stored->before, stored->block});
      RELAIS_ASSIGN(const bool aside, is_set_aside(row, seq));
      if (opened && !aside) file(row, seq, change);
      if (!opened && !aside) problem(row, seq, "The change can't be opened.");
    }
    head = log::step(associated, seq, stored->block);
    return true;
  }

  /// Records the change under its document, as the store should have done.
  void file(const store::LogRow& row, std::uint64_t seq, BytesView change) {
    const auto summary = document::inspect_change(change, {row.id.author, seq});
    if (!summary) return problem(row, seq, "The block holds no valid change, but isn't set aside.");
    filed_[store::document_key(*logs_.compartment_no(row.id.compartment), summary->header.address)]
        .push_back({row.no, seq});
  }

  Result<bool> is_set_aside(const store::LogRow& row, std::uint64_t seq) {
    RELAIS_ASSIGN(const auto found,
                  from_.store.get(Family::index, store::set_aside_key(row.no, seq)));
    return found.has_value();
  }

  /// The document is given by its number in the store's order: problems contain no names.
  void problem(const char* what) {
    report_.problems.push_back("Document " + std::to_string(report_.documents) +
                               " in the store's order: " + what);
  }

  Status check_documents() {
    const auto cursor = from_.store.scan(Family::documents, {}, {});
    for (; cursor->valid(); cursor->next()) {
      RELAIS_TRY(check_stop());
      ++report_.documents;
      const Bytes key(cursor->key());
      RELAIS_TRY(check_document(key, cursor->value(), filed_[key]));
      filed_.erase(key);
    }
    for (const auto& [key, positions] : filed_) {
      report_.problems.push_back("Log " + std::to_string(positions.front().log) + ", change " +
                                 std::to_string(positions.front().seq) +
                                 ": The change's document is missing in the store.");
    }
    return cursor->status();
  }

  /// Derives the document again from its changes, and compares what is stored.
  Status check_document(const Bytes& key, BytesView value, Positions positions) {
    RELAIS_ASSIGN(const Listed listed, listed_of(key));
    const auto record = store::decode_document_record(value);
    if (!record) {
      problem("A document's record is damaged.");
      return {};
    }
    const auto state = from_.documents().state(from_.control, from_.store, key, *record);
    if (!state) {
      if (is_unread(state.error())) return Error(state.error());
      problem(state.error().message().c_str());
      return {};
    }
    const auto name = store::parse_document_key(key);
    const auto compartment = name ? logs_.compartment(name->compartment) : std::nullopt;
    if (!compartment) {
      problem("The key isn't valid.");
      return {};
    }
    if (positions.empty()) {
      problem("No log holds a change of it.");
      return {};
    }
    const auto derived = rederive(from_, key, *record);
    if (!derived) {
      if (is_unread(derived.error())) return Error(derived.error());
      problem("Its changes can't be applied again.");
      return {};
    }
    compare(*record, *state, *derived);
    Positions known = derived->applied;
    known.insert(known.end(), listed.waiting.begin(), listed.waiting.end());
    std::sort(known.begin(), known.end());
    std::sort(positions.begin(), positions.end());
    if (known != positions) problem("The changes in its record differ from those in the logs.");
    const bool conflicts = derived->state.has_conflicts();
    if (record->conflicts != conflicts || listed.conflict != conflicts) {
      problem("Its conflicts aren't indexed correctly.");
    }
    if (record->waiting == listed.waiting.empty()) {
      problem("Its waiting changes aren't indexed correctly.");
    }
    return {};
  }

  void compare(const store::DocumentRecord& record, const document::State& state,
               const Rederived& derived) {
    if (state.canonical() != derived.state.canonical()) {
      problem("The stored state differs from the state that its changes make.");
    }
    for (const auto& author : record.authors) {
      const store::LocalPosition last{author.log, author.seq};
      if (author.seq == 0 || is_last(derived.applied, last)) continue;
      problem("The stored context differs from that of its changes.");
      break;
    }
    if (record.has_non_writes != derived.has_non_writes) {
      problem("The record's flag for changes that do more than write is wrong.");
    }
    const auto checkpoint = document::State::decode(record.checkpoint);
    if (!record.checkpoint.empty() && checkpoint && checkpoint->canonical() != record.checkpoint) {
      problem("The checkpoint isn't in canonical form.");
    }
  }

  /// Whether `position` is its log's last position in `positions`, which are sorted.
  static bool is_last(const Positions& positions, const store::LocalPosition& position) {
    const auto after = std::upper_bound(positions.begin(), positions.end(), position);
    return after != positions.begin() && *std::prev(after) == position &&
           (after == positions.end() || after->log != position.log);
  }

  /// The index entries of a document.
  struct Listed {
    bool conflict = false;
    Positions waiting;
  };
  Result<Listed> listed_of(const Bytes& key) {
    Listed listed;
    RELAIS_ASSIGN(const auto conflict, from_.store.get(Family::index, store::conflict_key(key)));
    listed.conflict = conflict.has_value();
    const Bytes prefix = store::waiting_prefix(key);
    const auto cursor = from_.store.scan_prefix(Family::index, prefix);
    for (; cursor->valid(); cursor->next()) {
      listed.waiting.push_back(position_of(cursor->key().substr(prefix.size())));
    }
    RELAIS_TRY(cursor->status());
    conflicts_ += listed.conflict ? 1 : 0;
    waiting_ += listed.waiting.size();
    return listed;
  }

  static store::LocalPosition position_of(BytesView key) {
    relais::Reader in(key);
    const store::LogNo log = in.u32();
    return {log, in.u64()};
  }

  /// Checks the store's files, including what isn't read above.
  Status check_files() {
    const Status whole = snapshot_.core().store->check_files();
    if (whole || whole.error().code() != ErrorCode::corrupt) return whole;
    report_.problems.emplace_back("A part of the store's files is damaged.");
    return {};
  }

  /// Counts index entries that belong to no document or position.
  Status check_indexes() {
    const auto each = [](BytesView) { return true; };
    const auto nowhere = [this](BytesView key) {
      const store::LocalPosition at = position_of(key);
      const store::LogRow* row = logs_.find(at.log);
      return row == nullptr || at.seq > row->opened;
    };
    RELAIS_ASSIGN(const std::uint64_t conflicts, count(store::index::kConflict, each));
    RELAIS_ASSIGN(const std::uint64_t waiting, count(store::index::kWaiting, each));
    RELAIS_ASSIGN(const std::uint64_t set_aside, count(store::index::kSetAside, nowhere));
    problem_of_index("documents with a conflict", conflicts - conflicts_);
    problem_of_index("waiting changes", waiting - waiting_);
    problem_of_index("changes that are set aside", set_aside);
    return {};
  }

  /// The number of entries of an index for which `counts(key)` is true.
  template <class Counts>
  Result<std::uint64_t> count(char index, const Counts& counts) {
    std::uint64_t entries = 0;
    const auto cursor = from_.store.scan_prefix(Family::index, Bytes(1, index));
    for (; cursor->valid(); cursor->next()) entries += counts(cursor->key().substr(1)) ? 1 : 0;
    RELAIS_TRY(cursor->status());
    return entries;
  }

  void problem_of_index(const char* of, std::uint64_t beyond) {
    if (beyond == 0) return;
    report_.problems.push_back("The index of " + std::string(of) +
                               " has superfluous entries: " + std::to_string(beyond) + ".");
  }

  const Snapshot& snapshot_;
  const ReadSource from_;
  const store::LogTable& logs_;
  const std::function<bool()>& should_stop_;
  VerifyReport report_;
  std::set<crypto::SigningPublicKey> checked_keys_;
  std::map<Bytes, Positions> filed_;  ///< documents' changes according to the logs
  std::uint64_t conflicts_ = 0;       ///< index entries of existing documents
  std::uint64_t waiting_ = 0;
};

}  // namespace

Result<VerifyReport> verify(const Snapshot& snapshot, const std::function<bool()>& should_stop) {
  RELAIS_ASSIGN(const auto logs, store::LogTable::load(snapshot.store()));
  return Verification(snapshot, logs, should_stop).run();
}

}  // namespace relais::replica

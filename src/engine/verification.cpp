#include "engine/verification.h"

#include "base/try.h"
#include "store/tables/door.h"

namespace relais::engine {
namespace {

using store::Family;

class Verification {
 public:
  explicit Verification(Core& core) : core_(core) {}

  Result<VerifyReport> run() {
    for (const auto& [id, row] : core_.logs.rows()) RELAIS_TRY(check_log(row));
    RELAIS_TRY(check_documents());
    return std::move(report_);
  }

 private:
  void problem(const store::LogRow& row, std::uint64_t seq, const char* what) {
    report_.problems.push_back("Log " + std::to_string(row.no) + ", change " + std::to_string(seq) +
                               ": " + what);
  }

  /// Signed heads of a log by place. A seal that doesn't verify is a problem, and counts for
  /// nothing.
  Result<std::map<std::uint64_t, crypto::Hash>> signed_heads(const store::LogRow& row) {
    std::map<std::uint64_t, crypto::Hash> heads;
    RELAIS_ASSIGN(const auto seals, store::seals_after(*core_.store, row.no, 0));
    for (const Bytes& seal : seals) {
      ++report_.seals;
      const auto verified = log::verify_seal(
          seal, core_.identity.space,
          [this](const crypto::SigningPublicKey& key) { return checked_keys_.contains(key); });
      if (!verified || verified->log != row.id) {
        problem(row, 0, "a seal doesn't verify");
        continue;
      }
      checked_keys_.insert(row.device_key);
      for (const auto& head : verified->header.heads) heads[head.seq] = head.hash;
    }
    return heads;
  }

  Status check_log(const store::LogRow& row) {
    if (row.head.seq == 0) return {};  // known by name alone: proof of too many authors
    ++report_.logs;
    RELAIS_ASSIGN(const auto heads, signed_heads(row));
    const bool own = row.device_key == core_.identity.keys.signing.public_key;
    if (!own && !heads.contains(row.head.seq)) problem(row, row.head.seq, "its head isn't signed");
    log::Head head = core_.genesis(row.id);
    const auto cursor = core_.store->scan(Family::log, store::block_key(row.no, 1),
                                          store::block_key(row.no + 1, 0));
    for (; cursor->valid(); cursor->next()) {
      if (!check_block(row, head, store::seq_of(cursor->key()), cursor->value())) return {};
      const auto signed_head = heads.find(head.seq);
      if (signed_head != heads.end() && signed_head->second != head.hash) {
        problem(row, head.seq, "its signed hash is another");
        return {};
      }
    }
    RELAIS_TRY(cursor->status());
    if (!(head == row.head))
      problem(row, row.head.seq, "the log ends elsewhere than its head says");
    return {};
  }

  /// Steps the head over one block. False: the chain is broken, and what follows can't be checked.
  bool check_block(const store::LogRow& row, log::Head& head, std::uint64_t seq, BytesView value) {
    ++report_.changes;
    const auto stored = store::decode_block(value);
    const Bytes* run = core_.logs.run(row.no, seq);
    if (seq != head.seq + 1 || !stored || stored->before != head.hash || run == nullptr) {
      problem(row, seq, "the chain is broken");
      return false;
    }
    const crypto::Hash run_hash = log::hash_run_header(*run);
    const auto associated = log::associated_data(head, run_hash, stored->transaction_end);
    if (seq <= row.opened && row.id.compartment != core_.control_compartment()) {
      Bytes change;
      const Status opened =
          core_.opener.open(change, core_.control, row,
                            {seq, stored->transaction_end, stored->before, stored->block});
      if (!opened && !is_set_aside(row, seq)) problem(row, seq, "it doesn't open");
    }
    head = log::step(associated, seq, stored->block);
    return true;
  }

  bool is_set_aside(const store::LogRow& row, std::uint64_t seq) {
    const auto found = core_.store->get(Family::index, store::set_aside_key(row.no, seq));
    return found && found->has_value();
  }

  Status check_documents() {
    const auto cursor = core_.store->scan(Family::documents, {}, {});
    for (; cursor->valid(); cursor->next()) {
      ++report_.documents;
      const auto record = store::decode_document_record(cursor->value());
      const auto state = record ? core_.documents.state(core_.control, *core_.store, *record)
                                : Result<document::State>(
                                      Error(ErrorCode::corrupt, "A document's record is damaged."));
      if (!state) {
        report_.problems.push_back("Document " + std::to_string(report_.documents) +
                                   " in the store's order: " + state.error().message());
      } else if (state->has_conflicts() != record->conflicts) {
        report_.problems.push_back("Document " + std::to_string(report_.documents) +
                                   " in the store's order: its conflicts aren't listed right");
      }
    }
    return cursor->status();
  }

  Core& core_;
  VerifyReport report_;
  std::set<crypto::SigningPublicKey> checked_keys_;
};

}  // namespace

Result<VerifyReport> verify(Core& core) { return Verification(core).run(); }

}  // namespace relais::engine

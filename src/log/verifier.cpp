#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "log/entry.h"
#include "log/piece.h"
#include "log/short_seal.h"

namespace relais::log {
namespace {

Error corrupt(std::string_view what) { return Error(ErrorCode::corrupt, std::string(what)); }
Error too_long(std::string_view what) {
  return Error(ErrorCode::limit_exceeded, std::string(what));
}

Error forked() { return Error(ErrorCode::forked, "A log is forked: it has two histories."); }

bool precedes(const SignedHead& head, std::uint64_t seq) { return head.seq < seq; }

/// The head at `seq`; null if there is none.
const SignedHead* head_at(const std::vector<SignedHead>& heads, std::uint64_t seq) {
  const auto at = std::lower_bound(heads.begin(), heads.end(), seq, precedes);
  return at != heads.end() && at->seq == seq ? &*at : nullptr;
}

// Checks a transaction's limits; a piece starts at a transaction's start.
class TransactionSize {
 public:
  Status add(const RawEntry& entry) {
    bytes_ += entry.block.size();
    changes_ += 1;
    if (bytes_ > limits::kTransactionBytes || changes_ > limits::kTransactionChanges) {
      return too_long("A transaction is larger than allowed.");
    }
    if (entry.transaction_end) bytes_ = changes_ = 0;
    return {};
  }

 private:
  std::size_t bytes_ = 0;
  std::size_t changes_ = 0;
};

}  // namespace

Status Verifier::add(const VerifiedSeal& seal) {
  if (seal.log != log_) return corrupt("A seal belongs to another log.");
  Ahead added{{}, seal.encoded};
  for (const SignedHead& head : seal.header.heads) {
    if (head.seq < head_.seq) continue;
    bool agrees = head.seq != head_.seq || head.hash == head_.hash;
    for (const Ahead& other : ahead_) {
      const SignedHead* there = head_at(other.heads, head.seq);
      agrees = agrees && (there == nullptr || there->hash == head.hash);
    }
    if (!agrees) return forked();
    if (head.seq > head_.seq) added.heads.push_back(head);
  }
  ahead_.push_back(std::move(added));
  if (ahead_.size() > limits::kSealsAhead) ahead_.pop_front();
  device_key_ = seal.header.device_key;
  return {};
}

Result<VerifiedPiece> Verifier::verify(Piece piece) {
  RELAIS_ASSIGN(VerifiedPiece started, start(std::move(piece)));
  return accept(std::move(started));
}

Result<VerifiedPiece> Verifier::verify(Piece piece, const ShortSeal& seal, const HeldLog& held,
                                       const SpaceId& space, const IsKnownKey& is_known) {
  RELAIS_ASSIGN(VerifiedPiece started, start(std::move(piece)));
  RELAIS_ASSIGN(const wire::Seal whole, restore(seal, started, held));
  RELAIS_ASSIGN(const VerifiedSeal verified, verify_seal(wire::encode(whole), space, is_known));
  if (Status added = add(verified); !added) {
    if (added.error().code() == ErrorCode::forked) contradicting_ = verified.encoded;
    return added.error();
  }
  started.device_key_ = device_key_;
  return accept(std::move(started));
}

Result<VerifiedPiece> Verifier::start(Piece piece) const {
  if (piece.log != log_ || piece.first_seq != head_.seq + 1) {
    return corrupt("A piece doesn't start where the log ends.");
  }
  if (piece.entries.size() > limits::kLargestPieceBytes) {
    return too_long("A piece of a log is larger than allowed.");
  }
  return walk(std::move(piece));
}

Result<VerifiedPiece> Verifier::accept(VerifiedPiece piece) {
  RELAIS_TRY(check_heads(piece));
  head_ = piece.after();
  for (Ahead& ahead : ahead_) {
    const auto beyond =
        std::lower_bound(ahead.heads.begin(), ahead.heads.end(), head_.seq + 1, precedes);
    ahead.heads.erase(ahead.heads.begin(), beyond);
  }
  return piece;
}

// Parses and hashes every block. The result is unverified until check_heads.
Result<VerifiedPiece> Verifier::walk(Piece piece) const {
  VerifiedPiece out;
  out.start(log_, head_);
  out.piece_.entries = std::move(piece.entries);
  out.device_key_ = device_key_;
  const BytesView entries = out.piece_.entries;
  const auto offset = [&](BytesView view) {
    return static_cast<std::uint32_t>(view.data() - entries.data());
  };
  out.spans_.reserve(entries.size() / 128 + 1);
  TransactionSize transaction;
  Distance distance;
  BytesView run;
  for (Reader reader(entries); !reader.at_end();) {
    RELAIS_ASSIGN(const RawEntry entry, read_entry(reader));
    RELAIS_TRY(transaction.add(entry));
    if (entry.has_run) {
      RELAIS_TRY(decode_run_header(entry.run));
      out.runs_.push_back({offset(entry.run), static_cast<std::uint32_t>(entry.run.size()),
                           hash_run_header(entry.run)});
    }
    if (out.runs_.empty()) return corrupt("A piece of a log starts without a run header.");
    distance.add(entry.block.size(), entry.run != run ? entry.run.size() : 0);
    if (distance.too_far()) return too_long("Signed heads of a log are too far apart.");
    if (entry.has_run) run = entry.run;
    out.spans_.push_back({static_cast<std::uint32_t>(out.runs_.size() - 1), offset(entry.block),
                          static_cast<std::uint32_t>(entry.block.size()), entry.transaction_end,
                          out.after_.hash});
    out.step_over(out.spans_.back());
  }
  if (out.spans_.empty() || !out.spans_.back().transaction_end) {
    return corrupt("A piece doesn't end at the end of a transaction.");
  }
  return out;
}

// The piece's end must be signed, and every signed head in the piece must have its hash.
Status Verifier::check_heads(const VerifiedPiece& piece) const {
  const Head& end = piece.after();
  bool is_signed = false;
  for (const Ahead& ahead : ahead_) {
    const SignedHead* there = head_at(ahead.heads, end.seq);
    is_signed = is_signed || (there != nullptr && there->hash == end.hash);
  }
  if (!is_signed) return corrupt("A piece doesn't end at a signed head.");
  for (const Ahead& ahead : ahead_) {
    for (const SignedHead& head : ahead.heads) {
      if (head.seq >= end.seq) break;
      const std::size_t next = head.seq + 1 - piece.piece().first_seq;
      if (piece.item(next).before != head.hash) return forked();
    }
  }
  return {};
}

std::optional<SignedHead> Verifier::next_signed_head() const {
  std::optional<SignedHead> next;
  for (const Ahead& ahead : ahead_) {
    if (ahead.heads.empty()) continue;
    if (!next || ahead.heads.front().seq < next->seq) next = ahead.heads.front();
  }
  return next;
}

std::vector<Bytes> Verifier::seals() const {
  std::vector<Bytes> seals;
  for (const Ahead& ahead : ahead_) seals.push_back(ahead.seal);
  if (!contradicting_.empty()) seals.push_back(contradicting_);
  return seals;
}

}  // namespace relais::log

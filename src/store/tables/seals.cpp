#include "store/tables/seals.h"

#include <algorithm>
#include <functional>

#include "base/try.h"

namespace relais::store {
namespace {

using wire::SignedHead;
using Heads = std::vector<SignedHead>;

Result<StoredSeal> decode_stored(BytesView key, BytesView encoded) {
  auto seal = wire::decode_seal(encoded);
  if (!seal) return Error(ErrorCode::store_corrupt, "A seal in the store is damaged.");
  return StoredSeal{Bytes(key), Bytes(encoded), std::move(seal->header)};
}

bool precedes(const SignedHead& head, std::uint64_t seq) { return head.seq < seq; }

const SignedHead* head_at(const Heads& heads, std::uint64_t seq) {
  const auto at = std::lower_bound(heads.begin(), heads.end(), seq, precedes);
  return at != heads.end() && at->seq == seq ? &*at : nullptr;
}

/// The hash chain of a log as stored, extended by a piece.
class Chain {
 public:
  Chain(const Reads& store, const LogRow* row, const log::VerifiedPiece* piece)
      : store_(store), row_(row), piece_(piece) {}

  bool overlaps_stored() const { return piece_ != nullptr && piece_->before().seq < held(); }
  /// Whether the piece, where it overlaps the stored log, has the same hashes.
  Result<bool> agrees() const {
    if (!overlaps_stored()) return true;
    const std::uint64_t last = std::min(held(), piece_->after().seq);
    RELAIS_ASSIGN(const crypto::Hash here, held_at(last));
    RELAIS_ASSIGN(const crypto::Hash there, at(last));
    return here == there;
  }
  std::uint64_t held() const { return row_ == nullptr ? 0 : row_->head.seq; }
  log::Head held_end() const { return row_ == nullptr ? log::Head{} : row_->head; }
  log::Head piece_end() const { return piece_ == nullptr ? log::Head{} : piece_->after(); }
  std::uint64_t end() const {
    return piece_ == nullptr ? held() : std::max(held(), piece_->after().seq);
  }
  /// The hash at a position up to the end.
  Result<crypto::Hash> at(std::uint64_t seq) const {
    if (piece_ != nullptr && seq == piece_->after().seq) return piece_->after().hash;
    if (piece_ != nullptr && seq >= piece_->before().seq && seq < piece_->after().seq) {
      return piece_->item(static_cast<std::size_t>(seq - piece_->before().seq)).before;
    }
    return held_at(seq);
  }

 private:
  Result<crypto::Hash> held_at(std::uint64_t seq) const {
    if (seq == held()) return row_->head.hash;
    RELAIS_ASSIGN(const auto bytes, store_.get(Family::log, block_key(row_->no, seq + 1)));
    if (!bytes) return Error(ErrorCode::store_corrupt, "A part of a log is missing in the store.");
    RELAIS_ASSIGN(const StoredBlock block, decode_block(*bytes));
    return block.before;
  }

  const Reads& store_;
  const LogRow* row_;
  const log::VerifiedPiece* piece_;
};

/// Searches the kept and the new seals of one log for a contradiction.
class ForkSearch {
 public:
  explicit ForkSearch(const Chain& chain) : chain_(chain) {}

  /// Their heads up to the stored end agree with the chain.
  void add_kept(StoredSeal seal) { kept_.push_back(std::move(seal)); }
  Status add_new(const std::vector<Bytes>& seals) {
    for (const Bytes& bytes : seals) {
      RELAIS_ASSIGN(auto seal, wire::decode_seal(bytes));
      new_.push_back({{}, bytes, std::move(seal.header)});
    }
    return {};
  }

  Result<std::optional<ForkProof>> run() {
    for (const StoredSeal& seal : new_) {
      RELAIS_ASSIGN(auto proof, check(seal, [&](const SignedHead& head) {
                      return head.seq > chain_.held() || !is_known(head);
                    }));
      if (proof) return proof;
    }
    for (const StoredSeal& seal : kept_) {
      RELAIS_ASSIGN(auto proof,
                    check(seal, [&](const SignedHead& head) { return head.seq > chain_.held(); }));
      if (proof) return proof;
    }
    RELAIS_ASSIGN(const bool agrees, chain_.agrees());
    if (agrees) return std::optional<ForkProof>();
    return std::optional(ForkProof{signs(chain_.piece_end()), signs(chain_.held_end())});
  }

 private:
  bool is_known(const SignedHead& head) const {
    return std::any_of(kept_.begin(), kept_.end(), [&](const StoredSeal& seal) {
      const SignedHead* there = head_at(seal.header.heads, head.seq);
      return there != nullptr && *there == head;
    });
  }

  Result<std::optional<ForkProof>> check(const StoredSeal& seal,
                                         const std::function<bool(const SignedHead&)>& is_open) {
    for (const SignedHead& head : seal.header.heads) {
      if (!is_open(head)) continue;
      if (head.seq > chain_.end()) {
        if (const StoredSeal* other = other_at(head)) {
          return std::optional(ForkProof{seal.encoded, other->encoded});
        }
        continue;
      }
      RELAIS_ASSIGN(const crypto::Hash hash, chain_.at(head.seq));
      if (hash != head.hash) return std::optional(ForkProof{seal.encoded, signs_end(seal)});
    }
    return std::optional<ForkProof>();
  }

  /// A seal that signs another hash for that position.
  const StoredSeal* other_at(const SignedHead& head) const {
    for (const auto* seals : {&kept_, &new_}) {
      for (const StoredSeal& seal : *seals) {
        const SignedHead* there = head_at(seal.header.heads, head.seq);
        if (there != nullptr && there->hash != head.hash) return &seal;
      }
    }
    return nullptr;
  }

  /// A seal over the end of the chain, which proves that the chain is the author's.
  Bytes signs_end(const StoredSeal& contradicting) const {
    const bool of_piece = chain_.piece_end().seq > chain_.held();
    Bytes end = signs(of_piece ? chain_.piece_end() : chain_.held_end());
    return end.empty() ? contradicting.encoded : end;
  }

  /// A seal that signs that head; empty if none.
  Bytes signs(const log::Head& head) const {
    for (const auto* seals : {&new_, &kept_}) {
      for (const StoredSeal& seal : *seals) {
        const SignedHead* there = head_at(seal.header.heads, head.seq);
        if (there != nullptr && there->hash == head.hash) return seal.encoded;
      }
    }
    return {};
  }

  const Chain& chain_;
  std::vector<StoredSeal> kept_;
  std::vector<StoredSeal> new_;
};

Result<std::optional<ForkProof>> find_fork(const Reads& store, const LogRow* row,
                                           const Chain& chain, const std::vector<Bytes>& seals) {
  ForkSearch search(chain);
  if (row != nullptr) {
    // With new seals: all seals that may repeat their heads, and one over the end. Else: those that
    // reach beyond the end.
    const bool all = !seals.empty() || chain.overlaps_stored();
    const std::uint64_t end = row->head.seq;
    const std::uint64_t after = all && end > 0 ? std::min(row->settled, end - 1) : end;
    RELAIS_ASSIGN(auto kept, seals_after(store, row->no, after));
    for (StoredSeal& seal : kept) search.add_kept(std::move(seal));
  }
  RELAIS_TRY(search.add_new(seals));
  return search.run();
}

/// Whether more blocks lie after `from` up to `to` than may lie between two signed heads.
Result<bool> too_far(const Reads& store, const LogTable& logs, const LogRow& row,
                     const log::VerifiedPiece* piece, std::uint64_t from, std::uint64_t to) {
  log::Distance distance;
  std::uint64_t seq = from;
  const auto add = [&](std::size_t block_bytes) {
    const auto run = logs.run(row.no, ++seq);
    const bool changes = run != logs.run(row.no, seq - 1);
    distance.add(block_bytes, run != nullptr && changes ? run->size() : 0);
  };
  const auto iterator =
      store.scan(Family::log, block_key(row.no, from + 1), block_key(row.no, to + 1));
  for (; iterator->valid() && !distance.too_far(); iterator->next()) {
    if (seq_of(iterator->key()) != seq + 1) return true;
    add(iterator->value().size() - kStoredBlockOverhead);
  }
  RELAIS_TRY(iterator->status());
  while (piece != nullptr && seq < to && seq >= piece->before().seq && !distance.too_far()) {
    add(piece->item(static_cast<std::size_t>(seq - piece->before().seq)).block.size());
  }
  return distance.too_far() || seq < to;
}

/// Whether a log can be sent as well with `by` as with `old`: `by` repeats all stored heads of
/// `old`, or all but the last, around which its own are then not too far apart. `before`: the end
/// of the previous seal.
Result<bool> replaces(const Reads& store, const LogTable& logs, const LogRow& row,
                      const log::VerifiedPiece* piece, const Heads& by, const Heads& old,
                      std::uint64_t before) {
  for (const SignedHead& head : old) {
    if (head.seq > row.head.seq) break;
    if (const SignedHead* there = head_at(by, head.seq); there != nullptr && *there == head) {
      continue;
    }
    if (head.seq != old.back().seq) return false;
    const auto next = std::lower_bound(by.begin(), by.end(), head.seq, precedes);
    if (next == by.end() || next->seq > row.head.seq) return false;
    if (next != by.begin()) before = std::max(before, std::prev(next)->seq);
    RELAIS_ASSIGN(const bool far, too_far(store, logs, row, piece, before, next->seq));
    if (far) return false;
  }
  return true;
}

/// Removes from `kept`, which is ordered by last head, the seals that `by` replaces.
Status drop_replaced(Commit& commit, const Reads& store, const LogRow& row,
                     const log::VerifiedPiece* piece, const StoredSeal& by,
                     std::vector<StoredSeal>& kept) {
  std::uint64_t before = row.settled;
  for (StoredSeal& old : kept) {
    if (old.key == by.key) continue;
    RELAIS_ASSIGN(const bool replaced, replaces(store, commit.logs(), row, piece, by.header.heads,
                                                old.header.heads, before));
    if (replaced) commit.batch().remove(Family::meta, old.key);
    if (replaced) old.header.heads.clear();
    if (!replaced && old.last() <= row.head.seq) before = old.last();
  }
  std::erase_if(kept, [](const StoredSeal& seal) { return seal.header.heads.empty(); });
  return {};
}

}  // namespace

Result<std::vector<StoredSeal>> seals_after(const Reads& store, LogNo log, std::uint64_t after) {
  std::vector<StoredSeal> seals;
  const auto iterator = store.scan(Family::meta, meta_key(meta::kSeal, log, after + 1),
                                   meta_key(meta::kSeal, log + 1));
  for (; iterator->valid(); iterator->next()) {
    RELAIS_ASSIGN(StoredSeal seal, decode_stored(iterator->key(), iterator->value()));
    seals.push_back(std::move(seal));
  }
  RELAIS_TRY(iterator->status());
  return seals;
}

Result<std::optional<ForkProof>> find_fork(const Reads& store, const LogTable& logs,
                                           const log::VerifiedPiece& piece,
                                           const std::vector<Bytes>& seals) {
  const LogRow* row = logs.find(piece.log());
  return find_fork(store, row, Chain(store, row, &piece), seals);
}

Result<std::optional<ForkProof>> find_fork(const Reads& store, const LogTable& logs,
                                           const log::LogId& log, const std::vector<Bytes>& seals) {
  const LogRow* row = logs.find(log);
  return find_fork(store, row, Chain(store, row, nullptr), seals);
}

Status add_seals(Commit& commit, const Reads& store, LogNo log, const log::VerifiedPiece* piece,
                 const std::vector<Bytes>& seals, bool keep_replaced) {
  LogRow row = *commit.logs().find(log);
  std::vector<StoredSeal> kept;
  if (!keep_replaced && !seals.empty()) {
    RELAIS_ASSIGN(kept, seals_after(store, log, row.settled));
  }
  for (const Bytes& bytes : seals) {
    RELAIS_ASSIGN(wire::Seal seal, wire::decode_seal(bytes));
    StoredSeal added{seal_key(log, seal.header.heads.back().seq, bytes), bytes,
                     std::move(seal.header)};
    if (!keep_replaced) RELAIS_TRY(drop_replaced(commit, store, row, piece, added, kept));
    commit.batch().put(Family::meta, added.key, bytes);
    const auto found = std::find_if(kept.begin(), kept.end(), [&](const StoredSeal& other) {
      return other.last() >= added.last();
    });
    if (found == kept.end() || found->key != added.key) kept.insert(found, std::move(added));
  }
  if (keep_replaced) return {};
  // A seal that is kept although another followed will not be replaced any more: it is not looked
  // at again.
  for (std::size_t i = 0; i + 1 < kept.size() && kept[i].last() <= row.head.seq; ++i) {
    row.settled = kept[i].last();
  }
  commit.update(row);
  return {};
}

}  // namespace relais::store

#include "log/writer.h"

#include "base/check.h"
#include "base/limits.h"
#include "log/entry.h"

namespace relais::log {

Writer::Writer(const Identity& identity, const LogId& log, const Head& head, const RunHeader& run,
               const crypto::SymmetricKey& epoch_key)
    : device_key_(identity.device_key),
      log_(log),
      head_(head),
      run_(run),
      run_header_(encode(run)),
      run_hash_(hash_run_header(run_header_)),
      key_(block_key(epoch_key, identity.space, log, run)) {
  RELAIS_CHECK(log.author == author_id(identity.device_key, identity.instance));
  pending_.start(log_, head_);
}

bool Writer::fits(std::size_t change_bytes) const {
  return change_bytes <= limits::kChangeBytes &&
         transaction_changes_ < limits::kTransactionChanges &&
         transaction_bytes_ + change_bytes + kBlockOverhead <= limits::kTransactionBytes;
}

void Writer::check_fits(std::size_t change_bytes) const {
  RELAIS_CHECK(change_bytes > 0 && fits(change_bytes) && head_.seq < limits::kLastSeq);
}

std::size_t Writer::append(BlockCodec& codec, BytesView change, bool transaction_end) {
  check_fits(change.size());
  if (run_.format == RunHeader::Format::plain) return add_block(change, transaction_end);
  const Associated associated(head_, run_hash_, transaction_end);
  codec.close(block_, run_, key_, next_seq(), associated, change);
  return add_block(block_, transaction_end);
}

std::size_t Writer::append_packed(BytesView packed, std::size_t change_bytes,
                                  bool transaction_end) {
  check_fits(change_bytes);
  RELAIS_CHECK(run_.dictionary == kCurrentDictionary);
  const Associated associated(head_, run_hash_, transaction_end);
  seal_block(block_, run_, key_, next_seq(), associated, packed);
  return add_block(block_, transaction_end);
}

std::size_t Writer::add_block(BytesView block, bool transaction_end) {
  add_to_pending(block, transaction_end);
  transaction_bytes_ += block.size();
  transaction_changes_ += 1;
  if (transaction_end) transaction_bytes_ = transaction_changes_ = 0;
  return block.size();
}

void Writer::add_to_pending(BytesView block, bool transaction_end) {
  Bytes& entries = pending_.piece_.entries;
  const bool first = entries.empty();
  put_entry(entries, {transaction_end, block}, first ? BytesView(run_header_) : BytesView());
  const auto offset = static_cast<std::uint32_t>(entries.size() - block.size());
  if (first) {
    const auto size = static_cast<std::uint32_t>(run_header_.size());
    pending_.runs_.push_back({offset - size, size, run_hash_});
  }
  pending_.spans_.push_back(
      {0, offset, static_cast<std::uint32_t>(block.size()), transaction_end, head_.hash});
  pending_.step_over(pending_.spans_.back());
  head_ = pending_.after_;
}

VerifiedPiece Writer::take() {
  RELAIS_CHECK(pending_.size() > 0 && pending_.spans_.back().transaction_end);
  VerifiedPiece taken = std::move(pending_);
  taken.device_key_ = device_key_;
  pending_.start(log_, head_);
  return taken;
}

}  // namespace relais::log

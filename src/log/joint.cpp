#include "log/joint.h"

#include "base/limits.h"
#include "log/entry.h"
#include "log/piece.h"

namespace relais::log {
namespace {

/// Follows the chain through the entries of a piece.
class Chain {
 public:
  Chain(const Head& before, const FindRun& find_run) : head_(before), find_run_(find_run) {}

  /// The run of the next entry; null if blocks of it can't be made here.
  const OpenRun* enter(const RawEntry& entry) {
    if (entry.has_run && entry.run.empty()) return nullptr;
    if (entry.has_run || !known_) {
      auto found = find_run_(entry.run);
      known_ = found.has_value();
      if (found) run_ = *std::move(found);
    }
    const bool sealed = known_ && run_.header.format == RunHeader::Format::sealed;
    return sealed && run_.header.dictionary <= kCurrentDictionary ? &run_ : nullptr;
  }
  std::uint64_t seq() const { return head_.seq + 1; }
  /// Of the entered one.
  Associated associated(const RawEntry& entry) const {
    return associated_data(head_, run_.hash, entry.transaction_end);
  }
  void step_over(const Associated& associated, BytesView block) {
    head_ = step(associated, seq(), block);
  }

 private:
  Head head_;
  const FindRun& find_run_;
  OpenRun run_;
  bool known_ = false;
};

}  // namespace

std::optional<Bytes> join(BlockCodec& codec, BytesView entries, const Head& before,
                          std::uint32_t packer, const FindRun& find_run) {
  Chain chain(before, find_run);
  Bytes changes;
  Bytes change;
  std::size_t count = 0;
  for (Reader reader(entries); !reader.at_end();) {
    const auto entry = read_entry(reader);
    const OpenRun* run = entry ? chain.enter(*entry) : nullptr;
    if (run == nullptr || run->header.packer != packer) return std::nullopt;
    const Associated associated = chain.associated(*entry);
    if (!codec.open(change, run->header, run->key, chain.seq(), associated, entry->block)) {
      return std::nullopt;
    }
    put_entry(changes, {entry->transaction_end, change}, entry->run);
    if (changes.size() > limits::kJointBytes || ++count > limits::kJointChanges) {
      return std::nullopt;
    }
    chain.step_over(associated, entry->block);
  }
  if (changes.empty()) return std::nullopt;
  Bytes joint(1, static_cast<char>(kCurrentDictionary));
  joint.append(codec.packer().pack_together(changes));
  if (joint.size() >= entries.size()) return std::nullopt;
  return joint;
}

std::optional<Bytes> split(BlockCodec& codec, BytesView joint, const Head& before,
                           const FindRun& find_run, const OnRestored& on_restored) {
  Bytes changes;
  const auto dictionary = static_cast<std::uint8_t>(joint.empty() ? 0 : joint.front());
  if (joint.size() < 2 || !codec.packer().unpack(changes, joint.substr(1), dictionary) ||
      changes.size() > limits::kJointBytes || block_count(changes) > limits::kJointChanges) {
    return std::nullopt;
  }
  Chain chain(before, find_run);
  Bytes entries;
  Bytes block;
  for (Reader reader(changes); !reader.at_end();) {
    const auto entry = read_entry(reader);
    const OpenRun* run = entry ? chain.enter(*entry) : nullptr;
    const bool may = run != nullptr && run->header.packer == current_packer() &&
                     entry->block.size() <= limits::kChangeBytes;
    if (!may) return std::nullopt;
    const Associated associated = chain.associated(*entry);
    codec.close(block, run->header, run->key, chain.seq(), associated, entry->block);
    put_entry(entries, {entry->transaction_end, block}, entry->run);
    if (on_restored) on_restored(associated, block, entry->block);
    chain.step_over(associated, block);
  }
  return entries;
}

}  // namespace relais::log

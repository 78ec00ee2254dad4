#pragma once

#include <memory>

#include "log/log.h"

namespace relais::log {

/// KDF(epoch key, "block", space, compartment, author, salt): encrypts one run's blocks.
crypto::SymmetricKey block_key(const crypto::SymmetricKey& epoch_key, const SpaceId& space,
                               const LogId& log, const RunHeader& run);

/// What new runs name. A dictionary's number is never given to another.
inline constexpr std::uint8_t kCurrentDictionary = 1;

/// A byte that says how the change is packed, and the AEAD's tag.
inline constexpr std::size_t kBlockOverhead = 1 + crypto::kTagBytes;

/// Replaces `out` with the block of a change that a Packer packed with the run's dictionary: the
/// half of BlockCodec::close that needs the block's place.
void seal_block(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key,
                std::uint64_t seq, BytesView associated, BytesView packed);

/// Compresses and encrypts changes, and back. docs/spec/log.md, "Block". Holds zstd contexts, made
/// when first needed: keep one per thread. The dictionary's tables are made once in a process.
/// Threads: one at a time.
class BlockCodec {
 public:
  BlockCodec();
  ~BlockCodec();
  BlockCodec(BlockCodec&&) noexcept;
  BlockCodec& operator=(BlockCodec&&) noexcept;

  /// Replaces `out` with the block of `change` (sealed format): zstd with the run's dictionary
  /// where that makes it shorter, then XChaCha20-Poly1305 with nonce = seq. `change`: 1 to
  /// limits::kChangeBytes. The block is at most kBlockOverhead longer.
  void close(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key, std::uint64_t seq,
             BytesView associated, BytesView change);
  /// Replaces `out` with the change; empty if it fails. Fails: corrupt; limit_exceeded past
  /// limits::kChangeBytes; unsupported_version for a dictionary this version doesn't have.
  Status open(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key, std::uint64_t seq,
              BytesView associated, BytesView block);

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
};

}  // namespace relais::log

#pragma once

#include <memory>

#include "log/log.h"
#include "log/packing.h"

namespace relais::log {

/// KDF(epoch key, "block", space, compartment, author, salt): the key of one run's blocks.
crypto::SymmetricKey block_key(const crypto::SymmetricKey& epoch_key, const SpaceId& space,
                               const LogId& log, const RunHeader& run);

/// The packing byte and the AEAD's tag.
inline constexpr std::size_t kBlockOverhead = 1 + crypto::kTagBytes;

/// Replaces `out` with the block of a change that a Packer packed with the run's dictionary: the
/// part of BlockCodec::close that depends on the block's position.
void seal_block(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key,
                std::uint64_t seq, BytesView associated, BytesView packed);

/// Compresses and encrypts changes, and reverses it. docs/spec/log.md, "Block". Holds zstd
/// contexts, made on first use: keep one per thread. The dictionary's tables are made once per
/// process.
/// Threads: one at a time.
class BlockCodec {
 public:
  BlockCodec();
  ~BlockCodec();
  BlockCodec(BlockCodec&&) noexcept;
  BlockCodec& operator=(BlockCodec&&) noexcept;

  /// Replaces `out` with the block of `change` (sealed format): zstd with the run's dictionary
  /// if that is shorter, then XChaCha20-Poly1305 with nonce = seq. `change`: 1 to
  /// limits::kChangeBytes. The block is at most kBlockOverhead longer.
  void close(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key, std::uint64_t seq,
             BytesView associated, BytesView change);
  /// Replaces `out` with the change; empty if it fails. Fails: corrupt; limit_exceeded past
  /// limits::kChangeBytes; unsupported_version for an unknown dictionary.
  Status open(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key, std::uint64_t seq,
              BytesView associated, BytesView block);

  Packer& packer();

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
};

}  // namespace relais::log

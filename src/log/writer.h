#pragma once

#include <vector>

#include "log/block.h"
#include "log/piece.h"

namespace relais::log {

/// Appends to this device's log of one compartment. The caller stores the result of `take`. After a
/// failed commit, drop the writer and start again from the store with a new salt.
class Writer {
 public:
  struct Identity {
    SpaceId space;
    crypto::SigningPublicKey device_key;
    Instance instance;
  };
  /// `run` must be fresh: nothing was ever written under its salt.
  Writer(const Identity& identity, const LogId& log, const Head& head, const RunHeader& run,
         const crypto::SymmetricKey& epoch_key);

  const LogId& log() const { return log_; }
  const Head& head() const { return head_; }
  std::uint64_t next_seq() const { return head_.seq + 1; }
  BytesView run_header() const { return run_header_; }

  /// Whether the open transaction has room for a change of this size: it holds at most
  /// limits::kTransactionChanges and, counting blocks at their largest, limits::kTransactionBytes.
  bool fits(std::size_t change_bytes) const;
  /// Appends one change as the log's next block and moves the head. The change has 1 to
  /// limits::kChangeBytes, and `fits`. A plain run (control) stores the record's bytes uncompressed
  /// and unencrypted. Returns the block's size.
  std::size_t append(BlockCodec& codec, BytesView change, bool transaction_end);
  /// The same for a change that a Packer packed with kCurrentDictionary, the run's dictionary.
  std::size_t append_packed(BytesView packed, std::size_t change_bytes, bool transaction_end);
  /// All blocks since the last take: at least one, and the last one ends a transaction.
  VerifiedPiece take();

 private:
  void check_fits(std::size_t change_bytes) const;
  std::size_t add_block(BytesView block, bool transaction_end);
  void add_to_pending(BytesView block, bool transaction_end);

  crypto::SigningPublicKey device_key_;
  LogId log_;
  Head head_;
  RunHeader run_;
  Bytes run_header_;
  crypto::Hash run_hash_;
  crypto::SymmetricKey key_;
  VerifiedPiece pending_;
  Bytes block_;
  std::size_t transaction_bytes_ = 0;
  std::size_t transaction_changes_ = 0;
};

/// Chooses the heads that the next seal signs: one at each transaction's end that is at least
/// limits::kBytesBetweenHeads after the one before, and the last. The tail seal (fewer than
/// limits::kHeadsPerSeal heads) is replaced by the next one; a full seal stays.
class Sealer {
 public:
  /// Continues after the last full seal. `tail`: the heads of the tail seal, if there is one.
  /// `bytes_since`: the block bytes after the tail's last but one head (0 is allowed: heads are
  /// then a little farther apart).
  explicit Sealer(std::vector<SignedHead> tail = {}, std::size_t bytes_since = 0);

  /// Call after each transaction's end, with the bytes of its blocks. Not allowed when full.
  void add(const Head& head, std::size_t bytes);
  bool full() const;      ///< sign now, and call `sealed` before anything is added
  bool unsealed() const;  ///< something was added since the last seal
  /// Signs all heads so far: at least one.
  wire::Seal sign(const Writer::Identity& identity, const LogId& log,
                  const crypto::SigningSecretKey& key);
  /// Call when that seal is durable: starts a new tail if it was full.
  void sealed();

 private:
  std::vector<SignedHead> heads_;
  std::size_t bytes_since_ = 0;
  bool unsealed_ = false;
};

}  // namespace relais::log

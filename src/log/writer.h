#pragma once

#include <vector>

#include "log/block.h"
#include "log/piece.h"

namespace relais::log {

/// Appends to one's own log of one compartment. What it gives is to be stored; after a failed
/// commit drop the writer, and start again from the store with a new salt.
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

  /// Whether a change of that size may still join the open transaction: a transaction holds at most
  /// limits::kTransactionChanges and, in blocks at their largest, limits::kTransactionBytes.
  bool fits(std::size_t change_bytes) const;
  /// Closes one change, of 1 to limits::kChangeBytes and one that fits, as the next block of the
  /// log; the head moves on. A plain run (control) takes the record's bytes as they are. Gives the
  /// block's size.
  std::size_t append(BlockCodec& codec, BytesView change, bool transaction_end);
  /// The same for a change that a Packer packed with kCurrentDictionary, which the run names.
  std::size_t append_packed(BytesView packed, std::size_t change_bytes, bool transaction_end);
  /// All that was appended since the last take: something, and it ends at a transaction's end.
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

/// Which heads the next seal signs: one at each transaction's end that lies at least
/// limits::kBytesBetweenHeads behind the one before, and the last.
/// The tail seal (fewer than limits::kHeadsPerSeal heads) is replaced by the next; a full one
/// stays.
class Sealer {
 public:
  /// Continues after the last full seal; `tail` is the tail seal's heads, if there is one, and
  /// `bytes_since` the block bytes after its last but one head (0 is allowed: heads come a bit
  /// later).
  explicit Sealer(std::vector<SignedHead> tail = {}, std::size_t bytes_since = 0);

  /// After each transaction's end, with the bytes of its blocks. Never when full.
  void add(const Head& head, std::size_t bytes);
  bool full() const;      ///< sign now, and call `sealed` before anything is added
  bool unsealed() const;  ///< something was added since the last seal
  /// The seal of all heads so far: at least one.
  wire::Seal sign(const Writer::Identity& identity, const LogId& log,
                  const crypto::SigningSecretKey& key);
  /// Call once that seal is durable: starts a new tail if it was full.
  void sealed();

 private:
  std::vector<SignedHead> heads_;
  std::size_t bytes_since_ = 0;
  bool unsealed_ = false;
};

}  // namespace relais::log

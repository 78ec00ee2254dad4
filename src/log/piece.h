#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "log/log.h"

namespace relais::log {

/// Consecutive blocks of one log: the unit of sending, verification and storage. Layout of
/// `entries` (docs/spec/log.md, "Piece"): per block a varint (size << 2 | transaction end << 1 |
/// run header present), the run header if any (sized), the block. The first block of a piece always
/// has its run header; others have one where it changes, or where pieces were joined.
struct Piece {
  LogId log;
  std::uint64_t first_seq = 0;
  Bytes entries;
};

/// The number of blocks in a piece's entries, by their sizes alone. 0 if the entries are malformed.
std::size_t block_count(BytesView entries);

/// Whether the entries begin with a run header. False also if they are malformed.
bool begins_run(BytesView entries);
/// The entries with this run header before the first block, which has none; without the one there.
Bytes with_run_header(BytesView entries, BytesView run_header);
Bytes without_run_header(BytesView entries);
/// The run header before the first block; empty if there is none.
BytesView first_run_header(BytesView entries);

class PieceWriter {
 public:
  /// A position between two entries of one writer, for `cut`.
  struct Mark {
    std::size_t size = 0;  ///< bytes of entries before it
    Bytes run_header;      ///< the last one written before it
  };

  explicit PieceWriter(LogId log, std::uint64_t first_seq);
  /// `run_header`: encoded; written where it changes.
  void add(const Entry& entry, BytesView run_header);
  std::size_t size() const { return piece_.entries.size(); }
  Mark mark() const { return {size(), run_header_}; }
  /// Removes all entries added after this writer's `mark()`. That mark and earlier ones stay valid.
  void cut(const Mark& mark);
  Piece finish() &&;

 private:
  Piece piece_;
  Bytes run_header_;
};

/// A piece whose blocks were all hashed and whose end is a head under a valid seal, or that this
/// device has just written. Only `Verifier::verify` and `Writer::take` make one.
class VerifiedPiece {
 public:
  struct Item {
    std::uint64_t seq;
    bool transaction_end;
    crypto::Hash before;  ///< h of seq - 1, for associated_data
    crypto::Hash run_hash;
    BytesView run_header;  ///< encoded; a view into the piece
    BytesView block;       ///< likewise
  };
  const LogId& log() const { return piece_.log; }
  const Piece& piece() const { return piece_; }
  std::size_t size() const;  ///< blocks
  /// Its views are valid until this object is moved from or destroyed.
  Item item(std::size_t index) const;
  const Head& before() const { return before_; }
  const Head& after() const { return after_; }
  const crypto::SigningPublicKey& device_key() const { return device_key_; }

 private:
  friend class Verifier;
  friend class Writer;
  VerifiedPiece() = default;
  // Offsets into piece_.entries, so that a move keeps them valid.
  struct Run {
    std::uint32_t offset;
    std::uint32_t size;
    crypto::Hash hash;
  };
  struct BlockSpan {
    std::uint32_t run;  ///< index of runs_
    std::uint32_t offset;
    std::uint32_t size;
    bool transaction_end;
    crypto::Hash before;
  };
  void start(const LogId& log, const Head& before);
  BytesView block(const BlockSpan& span) const;
  /// Extends `after_` by the block.
  void step_over(const BlockSpan& span);

  Piece piece_;
  std::vector<Run> runs_;
  std::vector<BlockSpan> spans_;
  Head before_;
  Head after_;
  crypto::SigningPublicKey device_key_;
};

/// A seal with a valid signature, and its log.
struct VerifiedSeal {
  wire::SealHeader header;
  LogId log;
  Bytes encoded;  ///< as it is stored and forwarded
  std::uint64_t last() const { return header.heads.back().seq; }
};
wire::Seal sign_seal(const SpaceId& space, const crypto::SigningSecretKey& key,
                     wire::SealHeader header);
/// Whether a key was already checked to be a valid point, as a member's key is. The check costs as
/// much as a signature's.
using IsKnownKey = std::function<bool(const crypto::SigningPublicKey&)>;
/// Fails: corrupt (wrong signature, invalid key, another space), and as decode_seal. Doesn't check
/// that the author may write: access/ does.
Result<VerifiedSeal> verify_seal(BytesView seal, const SpaceId& space,
                                 const IsKnownKey& is_known = nullptr);

/// The bytes that blocks of a log take in a piece, without its first run header: so a part of them
/// never takes more. A held log has a signed head at least every limits::kFarthestHeadsBytes of
/// this measure.
class Distance {
 public:
  /// `run_header_bytes`: 0 if the block has the run header of the block before it.
  void add(std::size_t block_bytes, std::size_t run_header_bytes) {
    bytes_ += kEntryBytes + block_bytes;
    if (run_header_bytes > 0 && !first_) bytes_ += 1 + run_header_bytes;
    first_ = false;
  }
  bool too_far() const { return bytes_ > limits::kFarthestHeadsBytes; }

 private:
  static constexpr std::size_t kEntryBytes = 3;  ///< a block's length and two flags
  std::size_t bytes_ = 0;
  bool first_ = true;
};

struct ShortSeal;
struct HeldLog;

/// Checks pieces of one log against its seals, from a head that is already trusted.
class Verifier {
 public:
  /// `from`: the head that the receiver holds.
  Verifier(const LogId& log, const Head& from) : log_(log), head_(from) {}

  /// Seals in any order; the last limits::kSealsAhead of them count, with their heads from the held
  /// position on. Fails: corrupt for a seal of another log; forked if a signed head contradicts the
  /// held head or another seal. A seal that fails has no effect.
  Status add(const VerifiedSeal& seal);
  /// Moves the head to the piece's end; on failure the head stays.
  /// Fails: corrupt if the piece doesn't start right after the head, doesn't end at a signed head
  /// and a transaction's end, has another hash, or a bad run header; limit_exceeded,
  /// also if signed heads are too far apart; unsupported_version for a run of a newer format;
  /// forked if the piece ends at one signed head and contradicts an earlier one.
  Result<VerifiedPiece> verify(Piece piece);
  /// The same for a piece that came with a short seal, which then counts like those of `add`.
  /// Fails: also corrupt if the seal, restored, has no valid signature or is of another log.
  Result<VerifiedPiece> verify(Piece piece, const ShortSeal& seal, const HeldLog& held,
                               const SpaceId& space, const IsKnownKey& is_known);

  const Head& head() const { return head_; }
  /// The next signed head, which is the first position where a piece may end; nothing if none is
  /// known.
  std::optional<SignedHead> next_signed_head() const;
  /// The seals that count, encoded; last, one that contradicts them.
  std::vector<Bytes> seals() const;

 private:
  struct Ahead {
    std::vector<SignedHead> heads;  ///< ascending, beyond head_
    Bytes seal;
  };

  Result<VerifiedPiece> start(Piece piece) const;
  Result<VerifiedPiece> accept(VerifiedPiece piece);
  Result<VerifiedPiece> walk(Piece piece) const;
  Status check_heads(const VerifiedPiece& piece) const;

  LogId log_;
  Head head_;
  crypto::SigningPublicKey device_key_;
  std::deque<Ahead> ahead_;  ///< in order of arrival
  Bytes contradicting_;      ///< a valid seal that could not be added
};

}  // namespace relais::log

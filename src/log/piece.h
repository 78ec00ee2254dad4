#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "log/log.h"

namespace relais::log {

/// Blocks of one log in order: what is sent, verified and stored at once. Layout of `entries`
/// (docs/spec/log.md, "Piece"): per block a varint (size << 2 | transaction end << 1 | a run
/// header comes first), the run header if any (sized), the block. The first block of a piece always
/// carries its run header; others where it changes, or again, where pieces were put together.
struct Piece {
  LogId log;
  std::uint64_t first_seq = 0;
  Bytes entries;
};

/// How many blocks a piece's entries hold, by their sizes alone. 0 if they don't decode.
std::size_t block_count(BytesView entries);

class PieceWriter {
 public:
  /// A place between two entries of one writer, to come back to.
  struct Mark {
    std::size_t size = 0;  ///< bytes of entries before it
    Bytes run_header;      ///< the last one written before it
  };

  explicit PieceWriter(LogId log, std::uint64_t first_seq);
  void add(const Entry& entry, BytesView run_header);  ///< encoded; written where it changes
  std::size_t size() const { return piece_.entries.size(); }
  Mark mark() const { return {size(), run_header_}; }
  /// Forgets what was added since this writer gave the mark: adding goes on from there. Marks of
  /// places before it, and itself, stay good.
  void cut(const Mark& mark);
  Piece finish() &&;

 private:
  Piece piece_;
  Bytes run_header_;
};

/// A piece whose every block was hashed and whose end is a head under a valid seal, or that this
/// device wrote just now. Only `Verifier::verify` and `Writer::take` make one.
class VerifiedPiece {
 public:
  struct Item {
    std::uint64_t seq;
    bool transaction_end;
    crypto::Hash before;  ///< h of seq - 1: with it, associated_data can be made again
    crypto::Hash run_hash;
    BytesView run_header;  ///< encoded; a view into the piece
    BytesView block;       ///< likewise
  };
  const LogId& log() const { return piece_.log; }
  const Piece& piece() const { return piece_; }
  std::size_t size() const;            ///< blocks
  Item item(std::size_t index) const;  ///< views live as long as this object isn't moved from
  const Head& before() const { return before_; }
  const Head& after() const { return after_; }
  const crypto::SigningPublicKey& device_key() const { return device_key_; }

 private:
  friend class Verifier;
  friend class Writer;
  VerifiedPiece() = default;
  // Offsets into piece_.entries, so that moving keeps them true.
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
  BytesView block(const BlockSpan& place) const;
  /// Hashes the block on to `after_`.
  void step_over(const BlockSpan& place);

  Piece piece_;
  std::vector<Run> runs_;
  std::vector<BlockSpan> places_;
  Head before_;
  Head after_;
  crypto::SigningPublicKey device_key_;
};

/// A seal whose signature was checked, and the log that it is of.
struct VerifiedSeal {
  wire::SealHeader header;
  LogId log;
  Bytes encoded;  ///< to be stored and forwarded
  std::uint64_t last() const { return header.heads.back().seq; }
};
wire::Seal sign_seal(const SpaceId& space, const crypto::SigningSecretKey& key,
                     wire::SealHeader header);
/// Whether a key's point was checked before: a member's was, at its certificate. The check costs as
/// much as the signature's.
using IsKnownKey = std::function<bool(const crypto::SigningPublicKey&)>;
/// Fails: corrupt (signature, key not valid, another space), and as decode_seal does.
/// Whether the author may write is for `access` to say.
Result<VerifiedSeal> verify_seal(BytesView seal, const SpaceId& space,
                                 const IsKnownKey& is_known = nullptr);

/// What blocks of a log come to in a piece, but for the run header that a piece starts with: so
/// that a part of them never comes to more. What is held of a log has a signed head at least every
/// limits::kFarthestHeadsBytes of it.
class Distance {
 public:
  /// `run_header_bytes`: 0, unless the block's run header is another than that of the block before.
  void add(std::size_t block_bytes, std::size_t run_header_bytes) {
    bytes_ += kEntryBytes + block_bytes;
    if (run_header_bytes > 0 && !first_) bytes_ += 1 + run_header_bytes;
    first_ = false;
  }
  bool too_far() const { return bytes_ > limits::kFarthestHeadsBytes; }

 private:
  static constexpr std::size_t kEntryBytes = 3;  ///< of a block's length, with its two flags
  std::size_t bytes_ = 0;
  bool first_ = true;
};

/// Checks pieces of one log against its seals, from a head that is already trusted.
class Verifier {
 public:
  /// `from`: what the receiver holds of this log.
  Verifier(const LogId& log, const Head& from) : log_(log), head_(from) {}

  /// Seals in any order; the last limits::kSealsAhead of them count, and of them the heads from the
  /// own position on. Fails: corrupt for a seal of another log; forked if a signed head has another
  /// hash than what is held there, or than another seal says. A seal that fails adds nothing.
  Status add(const VerifiedSeal& seal);
  /// The head moves on to the piece's end; if it fails, nothing moves.
  /// Fails: corrupt if the piece doesn't start right after the head, doesn't end at a signed head
  /// and a transaction's end, or hashes to something else, or a run header is bad; limit_exceeded,
  /// also if signed heads lie too far apart; unsupported_version for a run of a newer format;
  /// forked if the piece leads to one signed head past another that it contradicts.
  Result<VerifiedPiece> verify(Piece piece);

  const Head& head() const { return head_; }
  /// The next signed head, the first place where a piece may end, if any is known.
  std::optional<SignedHead> next_signed_head() const;
  /// Those that count, encoded.
  std::vector<Bytes> seals() const;

 private:
  struct Ahead {
    std::vector<SignedHead> heads;  ///< rising, beyond head_
    Bytes seal;
  };

  Result<VerifiedPiece> walk(Piece piece) const;
  Status check_heads(const VerifiedPiece& piece) const;

  LogId log_;
  Head head_;
  crypto::SigningPublicKey device_key_;
  std::deque<Ahead> ahead_;  ///< in the order they came
};

}  // namespace relais::log

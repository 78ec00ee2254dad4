#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "log/piece.h"

namespace relais::log {

/// The author of a log, as its seals name it.
struct SealAuthor {
  crypto::SigningPublicKey device_key;
  decltype(wire::SealHeader::instance) instance;
};

/// A seal as it is sent with a piece: without what the receiver holds, or computes from the piece.
/// docs/spec/log.md, "Short seal".
struct ShortSeal {
  struct Head {
    std::uint64_t seq = 0;
    std::optional<crypto::Hash> hash;  ///< of a head beyond the piece's end
  };
  std::optional<SealAuthor> author;  ///< given to a receiver that holds nothing of the log
  std::vector<Head> heads;
  crypto::Signature signature;
};

/// `piece_end`: seq of the last block of the piece that it is sent with.
Bytes encode_short(const wire::Seal& seal, std::uint64_t piece_end, bool with_author);
/// Fails: corrupt; limit_exceeded; unsupported_version.
Result<ShortSeal> decode_short_seal(BytesView bytes, std::uint64_t piece_end);

/// What a receiver adds to the short seals of one log.
struct HeldLog {
  std::optional<SealAuthor> author;  ///< nothing if no part of the log is held
  /// The log's hash at a position that is held.
  std::function<Result<crypto::Hash>(std::uint64_t seq)> hash_at;
};
/// The seal, from `piece`, whose blocks were hashed and lead nowhere yet, and from what is held
/// before it. Its signature is still to be checked. Fails: corrupt (nobody says whose log it is);
/// as `hash_at`.
Result<wire::Seal> restore(const ShortSeal& seal, const VerifiedPiece& piece, const HeldLog& held);

}  // namespace relais::log

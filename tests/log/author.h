#pragma once

#include <utility>
#include <vector>

#include "log/writer.h"

/// One author with fixed keys, for the tests of the log.
namespace relais::log {

inline const bool kCryptoReady = crypto::initialise();

template <class T>
T filled_with(std::uint8_t value) {
  T out;
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = value;
  return out;
}

struct TestAuthor {
  SpaceId space = filled_with<SpaceId>(1);
  crypto::SigningKeyPair pair = crypto::signing_key_pair_from(filled_with<crypto::SymmetricKey>(2));
  Instance instance = filled_with<Instance>(3);
  crypto::SymmetricKey epoch_key = filled_with<crypto::SymmetricKey>(4);
  RunHeader run{RunHeader::Format::sealed, filled_with<EpochId>(5),
                filled_with<decltype(RunHeader::salt)>(6), kCurrentDictionary, 0x290805};
  LogId log{compartment_id(space, "", "medical"), author_id(pair.public_key, instance)};
  BlockCodec codec;

  Writer::Identity identity() const { return {space, pair.public_key, instance}; }
  Writer writer() const { return {identity(), log, genesis(space, log), run, epoch_key}; }
  crypto::SymmetricKey key() const { return block_key(epoch_key, space, log, run); }

  wire::SealHeader header(std::vector<SignedHead> heads) const {
    return {log.compartment, pair.public_key, instance, std::move(heads)};
  }
  Bytes sign(const wire::SealHeader& header) const {
    return wire::encode(sign_seal(space, pair.secret_key, header));
  }
  Bytes seal(std::vector<SignedHead> heads) const { return sign(header(std::move(heads))); }
  VerifiedSeal verified_seal(std::vector<SignedHead> heads) const {
    return verify_seal(seal(std::move(heads)), space).value();
  }

  /// Writes transactions of the given numbers of changes, about 40 bytes each.
  VerifiedPiece write(Writer& to, const std::vector<int>& transactions) {
    for (const int changes : transactions) {
      for (int i = 1; i <= changes; ++i) {
        to.append(codec, "change " + std::to_string(to.next_seq()) + " of a made-up document",
                  i == changes);
      }
    }
    return to.take();
  }
};

inline SignedHead signed_head(const Head& head) { return {head.seq, head.hash}; }

inline ErrorCode code_of(const Status& status) {
  return status ? ErrorCode::not_found : status.error().code();
}
template <class T>
ErrorCode code_of(const Result<T>& result) {
  return result ? ErrorCode::not_found : result.error().code();
}

/// The entries of a piece, encoded again after a test has changed something in them.
struct LooseEntry {
  bool transaction_end = false;
  Bytes run_header;  ///< empty: none before this block
  Bytes block;
};
std::vector<LooseEntry> loosen(const VerifiedPiece& piece);
Piece tighten(const VerifiedPiece& piece, const std::vector<LooseEntry>& entries);

}  // namespace relais::log

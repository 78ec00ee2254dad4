#pragma once

#include <vector>

#include "log/piece.h"
#include "store/tables/commit.h"

/// The seals kept with a log, so that it can always be sent on: its end is signed, and between two
/// signed heads lies no more than a piece may hold. docs/spec/log.md, "Keeping seals".
namespace relais::store {

struct StoredSeal {
  Bytes key;
  Bytes encoded;
  wire::SealHeader header;
  std::uint64_t last() const { return header.heads.back().seq; }
};

/// The seals with heads beyond `after`, by their last head. Fails: corrupt, store_failed.
Result<std::vector<StoredSeal>> seals_after(const Reads& store, LogNo log, std::uint64_t after);

/// Looks for a signed head that contradicts the log, before a piece and its seals are stored: heads
/// up to the end of the piece, of new and of kept seals, are compared with the chain, later ones
/// with each other. Nothing: no contradiction. Fails: corrupt, store_failed.
Result<std::optional<ForkProof>> find_fork(const Reads& store, const LogTable& logs,
                                           const log::VerifiedPiece& piece,
                                           const std::vector<Bytes>& seals);
/// The same without a piece.
Result<std::optional<ForkProof>> find_fork(const Reads& store, const LogTable& logs,
                                           const log::LogId& log, const std::vector<Bytes>& seals);

/// Adds seals that find_fork accepted, and removes those they replace, unless `keep_replaced`: a
/// sync in progress may have offered one of them. `piece`: what the commit has already appended to
/// the log, if anything. Fails: corrupt, store_failed.
Status add_seals(Commit& commit, const Reads& store, LogNo log, const log::VerifiedPiece* piece,
                 const std::vector<Bytes>& seals, bool keep_replaced);

}  // namespace relais::store

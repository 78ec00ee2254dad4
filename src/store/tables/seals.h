#pragma once

#include <vector>

#include "log/piece.h"
#include "store/tables/commit.h"

/// The seals that a log is kept with. What is held of a log can always be sent: its end is signed,
/// and between its signed places lies no more than a piece may hold. docs/spec/log.md, "Keeping
/// seals".
namespace relais::store {

struct StoredSeal {
  Bytes key;
  Bytes encoded;
  wire::SealHeader header;
  std::uint64_t last() const { return header.heads.back().seq; }
};

/// Those with heads beyond `after`, by their last one. Fails: corrupt, store_failed.
Result<std::vector<StoredSeal>> seals_after(const Reads& store, LogNo log, std::uint64_t after);

/// Looks, before a piece and its seals are taken in, for a signed head that the log contradicts:
/// up to the piece's end the new seals' and those kept already against the chain, beyond it against
/// each other. Nothing: none. Fails: corrupt, store_failed.
Result<std::optional<ForkProof>> find_fork(const Reads& store, const LogTable& logs,
                                           const log::VerifiedPiece& piece,
                                           const std::vector<Bytes>& seals);
/// The same without a piece: seals against what is held of their log, and against each other.
Result<std::optional<ForkProof>> find_fork(const Reads& store, const LogTable& logs,
                                           const log::LogId& log, const std::vector<Bytes>& seals);

/// Adds seals that find_fork passed, and drops those that they replace, unless `keep_replaced`: a
/// meeting under way may have offered one of them. `piece`: what the commit has appended to the
/// log already, if anything. Fails: corrupt, store_failed.
Status add_seals(Commit& commit, const Reads& store, LogNo log, const log::VerifiedPiece* piece,
                 const std::vector<Bytes>& seals, bool keep_replaced);

}  // namespace relais::store

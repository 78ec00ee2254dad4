#include "replica/lifecycle/join_delegate.h"

#include "base/limits.h"

namespace relais::replica {
namespace {

Error missing() { return Error(ErrorCode::store_corrupt, "A part of a log is missing."); }

}  // namespace

reconcile::Inventory JoinDelegate::control_inventory(const DeviceId&) {
  return {{log::control_compartment(space_), {}}};
}

Result<peer::InboundResult> JoinDelegate::store(log::VerifiedPiece piece,
                                                const std::vector<Bytes>& seals) {
  bytes_ += piece.piece().entries.size();
  if (bytes_ > limits::kJoinBytes) {
    return Error(ErrorCode::limit_exceeded, "The space's membership is too large to join.");
  }
  arrived_.push_back({std::move(piece), seals});
  return peer::InboundResult::stored;
}

Result<Bytes> JoinDelegate::admit(const access::JoinRequest&, std::size_t) {
  return Error(ErrorCode::not_authorised,
               "A device that isn't a member can't admit another device.");
}

Result<log::SealAuthor> JoinDelegate::author_of(const log::LogId&) { return missing(); }

const log::VerifiedPiece* JoinDelegate::piece_with(const log::LogId& log, std::uint64_t seq) const {
  for (const auto& [piece, seals] : arrived_) {
    if (piece.log() == log && piece.before().seq < seq && seq <= piece.after().seq) return &piece;
  }
  return nullptr;
}

Result<crypto::Hash> JoinDelegate::hash_at(const log::LogId& log, std::uint64_t seq) {
  const log::VerifiedPiece* piece = piece_with(log, seq);
  if (piece == nullptr) return missing();
  if (seq == piece->after().seq) return piece->after().hash;
  return piece->item(static_cast<std::size_t>(seq - piece->before().seq)).before;
}

Result<Bytes> JoinDelegate::run_at(const log::LogId& log, std::uint64_t seq) {
  const log::VerifiedPiece* piece = piece_with(log, seq);
  if (piece == nullptr) return missing();
  return Bytes(piece->item(static_cast<std::size_t>(seq - piece->before().seq - 1)).run_header);
}

}  // namespace relais::replica

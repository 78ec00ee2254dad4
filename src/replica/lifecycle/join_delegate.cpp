#include "replica/lifecycle/join_delegate.h"

#include "base/limits.h"

namespace relais::replica {

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

}  // namespace relais::replica

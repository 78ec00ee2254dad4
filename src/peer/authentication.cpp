#include "peer/authentication.h"

#include "access/certificate.h"

namespace relais::peer {

bool Gatekeeper::let_in_member(Host& host, const session::PeerHello& peer) {
  const access::Membership* membership = host.membership();
  if (membership == nullptr) return false;
  const auto proven = access::verify_chain(peer.payload, *membership, peer.static_key, now_);
  if (!proven) return false;
  peer_ = proven->device;
  return true;
}

std::optional<Bytes> CallingMember::authenticate(const session::PeerHello& peer) {
  if (!let_in_member(host_, peer)) return std::nullopt;
  return chain_;
}

std::optional<Bytes> CallingJoiner::authenticate(const session::PeerHello& peer) {
  const auto inviter = access::decode_inviter(peer.payload, space_);
  if (!inviter) return std::nullopt;
  const auto proven =
      access::verify_chain(inviter->chain, space_, inviter->root_key, peer.static_key, now_);
  if (!proven) return std::nullopt;
  peer_ = proven->device;
  return access::encode_join_request(keys_, space_);
}

std::optional<Bytes> CalledMember::authenticate(const session::PeerHello& peer) {
  if (peer.mode == session::Mode::invitation) {
    auto request = access::decode_join_request(peer.payload, space_, peer.static_key);
    if (!request) return std::nullopt;
    peer_ = log::device_id(request->signing_key);
    request_ = *request;
    return Bytes();
  }
  const bool current_mesh_key = peer.mode == session::Mode::sync && peer.candidate == 0;
  if (!current_mesh_key || !let_in_member(host_, peer)) return std::nullopt;
  return Bytes();
}

}  // namespace relais::peer

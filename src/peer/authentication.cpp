#include "peer/authentication.h"

#include "access/certificate.h"
#include "base/coding.h"
#include "base/limits.h"
#include "peer/errors.h"

namespace relais::peer {
namespace {

constexpr std::string_view kProofLabel = "proof";

/// The first byte of an initiator's payload; its capabilities follow, then its chain or nothing.
constexpr char kKnowsPeer = 0;
constexpr char kAsksForProof = 1;

/// The packer that capabilities name. More of them are those of newer versions.
std::optional<std::uint32_t> read_capabilities(Reader& reader) {
  Reader capabilities(reader.sized(limits::kCapabilityBytes));
  const std::uint32_t packer = capabilities.u32();
  if (!reader.ok() || !capabilities.ok()) return std::nullopt;
  return packer;
}

}  // namespace

Bytes encode_capabilities(std::uint32_t packer) {
  Bytes fields;
  put_u32(fields, packer);
  Bytes out;
  put_sized(out, fields);
  return out;
}

Status PeerAuthenticator::check_proof(const wire::message::Proof&, const crypto::Hash&) {
  return misbehaved("it sent a proof out of order.");
}

std::optional<wire::message::Proof> PeerAuthenticator::proof(const crypto::Hash&) const {
  return std::nullopt;
}

Status PeerAuthenticator::check_welcome(const wire::message::Welcome&) const { return {}; }

bool PeerAuthenticator::accept_member(SyncDelegate& delegate, BytesView chain,
                                      const crypto::DhPublicKey& static_key) {
  const access::Membership* membership = delegate.membership();
  if (membership == nullptr) return false;
  const auto proven = chain.empty() ? access::verify_known(*membership, static_key, now_)
                                    : access::verify_chain(chain, *membership, static_key, now_);
  if (!proven) return false;
  peer_ = proven->device;
  return true;
}

std::optional<Bytes> SyncAuthenticator::authenticate(const session::PeerHello& peer) {
  if (!peer.payload.empty()) {
    Reader reader(peer.payload);
    const auto packer = read_capabilities(reader);
    if (!packer || !reader.finished()) return std::nullopt;
    packer_ = *packer;
  }
  awaits_proof_ = !accept_member(delegate_, {}, peer.static_key);
  const access::Membership* membership = delegate_.membership();
  const bool is_known = membership != nullptr && access::verify_known(*membership, own_key_, now_);
  relies_on_memory_ = !awaits_proof_ && is_known && delegate_.is_remembered(peer_);
  Bytes payload(1, awaits_proof_ ? kAsksForProof : kKnowsPeer);
  payload.append(capabilities_);
  return relies_on_memory_ ? payload : payload.append(chain_);
}

Status SyncAuthenticator::check_proof(const wire::message::Proof& proof,
                                      const crypto::Hash& handshake) {
  if (!awaits_proof_) return misbehaved("it sent a proof out of order.");
  const Error unproven(ErrorCode::handshake_failed,
                       "No secure session could be set up with the other device.");
  const access::Membership* membership = delegate_.membership();
  if (membership == nullptr) return unproven;
  const auto proven = access::verify_chain_of_signer(proof.chain, *membership, now_);
  if (!proven ||
      !crypto::verify(proven->signing_key, kProofLabel, handshake.view(), proof.signature)) {
    return unproven;
  }
  peer_ = proven->device;
  awaits_proof_ = false;
  return {};
}

std::optional<Bytes> JoinAuthenticator::authenticate(const session::PeerHello& peer) {
  const auto inviter = access::decode_inviter(peer.payload, space_);
  if (!inviter) return std::nullopt;
  const auto proven =
      access::verify_chain(inviter->chain, space_, inviter->root_key, peer.static_key, now_);
  if (!proven) return std::nullopt;
  peer_ = proven->device;
  return access::encode_join_request(keys_, space_);
}

Status JoinAuthenticator::check_welcome(const wire::message::Welcome& welcome) const {
  if (access::check_welcome(welcome.certificate, space_, keys_)) return {};
  return misbehaved("its welcome has a certificate of another device.");
}

std::optional<Bytes> ServeAuthenticator::authenticate(const session::PeerHello& peer) {
  if (peer.mode == session::Mode::invitation) {
    auto request = access::decode_join_request(peer.payload, space_, peer.static_key);
    if (!request) return std::nullopt;
    peer_ = log::device_id(request->signing_key);
    request_ = *request;
    return Bytes();
  }
  Reader reader(peer.payload);
  const auto greeting = static_cast<char>(reader.byte());
  const auto packer = read_capabilities(reader);
  if (peer.mode != session::Mode::sync || !packer ||
      (greeting != kKnowsPeer && greeting != kAsksForProof) ||
      !accept_member(delegate_, reader.rest(), peer.static_key)) {
    return std::nullopt;
  }
  packer_ = *packer;
  const bool is_old = peer.candidate >= proof_config_.first_old;
  owes_proof_ = is_old || greeting == kAsksForProof;
  // A thief may hold an old key: a chain alone, of a device not known here, is not enough.
  if (is_old && delegate_.membership()->device(peer_) == nullptr) return std::nullopt;
  return Bytes();
}

std::optional<wire::message::Proof> ServeAuthenticator::proof(const crypto::Hash& handshake) const {
  if (!owes_proof_) return std::nullopt;
  return wire::message::Proof{proof_config_.chain,
                              crypto::sign(proof_config_.signing, kProofLabel, handshake.view())};
}

}  // namespace relais::peer

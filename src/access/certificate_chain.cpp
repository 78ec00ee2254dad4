#include <optional>
#include <vector>

#include "access/certificate.h"
#include "base/coding.h"
#include "base/limits.h"

/// A chain's layout: each certificate sized (varint length first), the device's own first, the one
/// that root signed last. docs/spec/access.md, "Certificate chains".
namespace relais::access {
namespace {

using Bodies = std::vector<wire::CertificateBody>;

/// A certificate the membership was derived from was verified then; what differs in a byte is
/// verified now. `membership`: null where there is none yet.
Result<wire::CertificateBody> verify(BytesView encoded, const SpaceId& space,
                                     const Membership* membership) {
  const auto certificate = wire::decode_certificate(encoded);
  auto body = certificate ? wire::decode_certificate_body(certificate->body)
                          : Result<wire::CertificateBody>(certificate.error());
  const Device* known =
      membership != nullptr && body ? membership->device_of(body->signing_key) : nullptr;
  if (known != nullptr && known->certificate == encoded) return body;
  return verify_certificate(encoded, space);
}

std::optional<Bodies> decode(BytesView chain, const SpaceId& space, const Membership* membership) {
  if (chain.size() > limits::kCertificateChainBytes) return std::nullopt;
  Bodies bodies;
  for (Reader reader(chain); !reader.at_end();) {
    const BytesView encoded = reader.sized(limits::kCertificateBytes);
    if (!reader.ok() || bodies.size() == limits::kCertificateChainLength) return std::nullopt;
    const auto body = verify(encoded, space, membership);
    if (!body) return std::nullopt;
    bodies.push_back(*body);
  }
  if (bodies.empty()) return std::nullopt;
  return bodies;
}

/// Each is issued by the next, whose level is higher; the last by root.
bool leads_to(const crypto::SigningPublicKey& root_key, const Bodies& bodies) {
  for (std::size_t i = 0; i + 1 < bodies.size(); ++i) {
    if (bodies[i].issuer != bodies[i + 1].signing_key) return false;
    if (bodies[i].level <= bodies[i + 1].level) return false;
  }
  return bodies.back().issuer == root_key;
}

/// An issuer's end counts too, or it could give itself another device when its time is over.
bool in_time(const Bodies& bodies, WallTime now) {
  for (const wire::CertificateBody& body : bodies) {
    if (body.not_after_ms != 0 && now.ms > body.not_after_ms) return false;
  }
  return true;
}

Error unproven() {
  return {ErrorCode::not_authorised,
          "The other device did not prove that it is a member of this space."};
}

Result<Peer> verify_chain(BytesView chain, const SpaceId& space, const Membership* membership,
                          const crypto::SigningPublicKey& root_key,
                          const crypto::DhPublicKey& noise_key, WallTime now) {
  const auto bodies = decode(chain, space, membership);
  if (!bodies || !leads_to(root_key, *bodies) || !in_time(*bodies, now) ||
      bodies->front().noise_key != noise_key) {
    return unproven();
  }
  const wire::CertificateBody& own = bodies->front();
  return Peer{log::device_id(own.signing_key), own.level, own.signing_key};
}

}  // namespace

Result<Bytes> certificate_chain(const Membership& membership, const DeviceId& device) {
  const Device* link = membership.device(device);
  if (link == nullptr) {
    return Error(ErrorCode::not_found, "This device is not a member of the space.");
  }
  Bytes chain;
  while (link != nullptr) {  // ends: an issuer's level is higher than whom it adds
    put_sized(chain, link->certificate);
    link = membership.device_of(link->issuer);
  }
  if (chain.size() > limits::kCertificateChainBytes) {
    return Error(ErrorCode::limit_exceeded,
                 "This device's certificates are too long to be shown: pair it again.");
  }
  return chain;
}

Result<Peer> verify_chain(BytesView chain, const SpaceId& space,
                          const crypto::SigningPublicKey& root_key,
                          const crypto::DhPublicKey& noise_key, WallTime now) {
  return verify_chain(chain, space, nullptr, root_key, noise_key, now);
}

Result<Peer> verify_chain(BytesView chain, const Membership& membership,
                          const crypto::DhPublicKey& noise_key, WallTime now) {
  auto peer =
      verify_chain(chain, membership.space(), &membership, membership.root_key(), noise_key, now);
  if (!peer) return peer;
  const Device* known = membership.device(peer->device);
  if (known != nullptr && (known->noise_key != noise_key || known->level != peer->level)) {
    return unproven();
  }
  return peer;
}

}  // namespace relais::access

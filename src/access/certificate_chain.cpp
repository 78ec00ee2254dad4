#include <algorithm>
#include <optional>
#include <vector>

#include "access/certificate.h"
#include "base/coding.h"
#include "base/limits.h"

/// A chain's layout: each certificate sized (varint length first), from the device's own to the one
/// that root signed. docs/spec/access.md, "Certificate chains".
namespace relais::access {
namespace {

using Bodies = std::vector<wire::CertificateBody>;

/// The chain's certificates, at least one, encoded. Nothing if the chain is over a limit.
std::optional<std::vector<BytesView>> split(BytesView chain) {
  if (chain.size() > limits::kCertificateChainBytes) return std::nullopt;
  std::vector<BytesView> certificates;
  for (Reader reader(chain); !reader.at_end();) {
    const BytesView encoded = reader.sized(limits::kCertificateBytes);
    const bool fits = certificates.size() < limits::kCertificateChainLength;
    if (!reader.ok() || !fits) return std::nullopt;
    certificates.push_back(encoded);
  }
  if (certificates.empty()) return std::nullopt;
  return certificates;
}

/// The chain's bodies, with all device and issuer signatures verified.
std::optional<Bodies> decode(BytesView chain, const SpaceId& space) {
  const auto certificates = split(chain);
  if (!certificates) return std::nullopt;
  Bodies bodies;
  for (const BytesView encoded : *certificates) {
    const auto body = verify_certificate(encoded, space);
    if (!body) return std::nullopt;
    bodies.push_back(*body);
  }
  return bodies;
}

/// The chain's subject, unverified.
std::optional<crypto::SigningPublicKey> subject_of(BytesView chain) {
  const auto certificates = split(chain);
  if (!certificates) return std::nullopt;
  const auto certificate = wire::decode_certificate(certificates->front());
  if (!certificate) return std::nullopt;
  const auto body = wire::decode_certificate_body(certificate->body);
  if (!body) return std::nullopt;
  return body->signing_key;
}

/// Whether each certificate is issued by the next, whose level is higher and may certify, and the
/// last by root.
bool leads_to(const crypto::SigningPublicKey& root_key, const Bodies& bodies) {
  for (std::size_t i = 0; i + 1 < bodies.size(); ++i) {
    if (bodies[i].issuer != bodies[i + 1].signing_key) return false;
    if (bodies[i].level <= bodies[i + 1].level) return false;
    if (bodies[i + 1].level > Level::supervisor) return false;
  }
  return bodies.back().issuer == root_key;
}

bool ended(std::int64_t end, WallTime now) { return end != 0 && now.ms > end; }

/// An issuer's expiry counts too, or an expired issuer could certify itself another device. The
/// membership knows the latest expiry of an issuer.
bool in_time(const Bodies& bodies, const Membership* membership, WallTime now) {
  return std::none_of(bodies.begin(), bodies.end(), [&](const wire::CertificateBody& body) {
    const Device* known = membership == nullptr ? nullptr : membership->device_of(body.signing_key);
    return ended(known == nullptr ? body.not_after_ms : known->not_after_ms, now);
  });
}

Error unproven() {
  return {ErrorCode::not_authorised,
          "The other device did not prove that it is a member of this space."};
}

/// Whether the membership contradicts an unknown device's certificate: the issuer is known and may
/// not certify, or has another level; or the certificate's position is held, and no certificate
/// there counts.
bool contradicts(const Membership& membership, const wire::CertificateBody& body) {
  const Device* issuer = membership.device_of(body.issuer);
  const bool by_root = body.issuer == membership.root_key();
  if (issuer == nullptr && !by_root) return false;
  if (body.issuer_seq <= membership.control_length(body.issuer_author)) return true;
  if (by_root) return false;
  return issuer->level > Level::supervisor || issuer->level >= body.level || issuer->keys_clash ||
         membership.over_limit().contains(issuer->id);
}

bool agrees(const Membership& membership, const Bodies& bodies) {
  for (const wire::CertificateBody& body : bodies) {
    const Device* known = membership.device_of(body.signing_key);
    if (known == nullptr) {
      if (contradicts(membership, body)) return false;
      continue;
    }
    if (known->noise_key != body.noise_key || known->receiving_key != body.receiving_key) {
      return false;
    }
  }
  return true;
}

/// `noise_key`: null if the session's static key is not the proof.
Result<VerifiedPeer> verify_unknown(BytesView chain, const SpaceId& space,
                                    const crypto::SigningPublicKey& root_key,
                                    const Membership* membership,
                                    const crypto::DhPublicKey* noise_key, WallTime now) {
  const auto bodies = decode(chain, space);
  if (!bodies || !leads_to(root_key, *bodies) || !in_time(*bodies, membership, now) ||
      (noise_key != nullptr && bodies->front().noise_key != *noise_key) ||
      (membership != nullptr && !agrees(*membership, *bodies))) {
    return unproven();
  }
  const wire::CertificateBody& own = bodies->front();
  return VerifiedPeer{log::device_id(own.signing_key), own.level, own.signing_key};
}

Result<VerifiedPeer> verify_member(BytesView chain, const Membership& membership,
                                   const crypto::DhPublicKey* noise_key, WallTime now) {
  const auto subject = subject_of(chain);
  if (!subject) return unproven();
  const Device* known = membership.device_of(*subject);
  if (known == nullptr) {
    return verify_unknown(chain, membership.space(), membership.root_key(), &membership, noise_key,
                          now);
  }
  // The holder of the secret for the membership's key is that device, whatever the chain says.
  const bool same_key = noise_key == nullptr || known->noise_key == *noise_key;
  if (!same_key || known->keys_clash || ended(known->not_after_ms, now)) return unproven();
  return VerifiedPeer{known->id, known->level, known->signing_key};
}

}  // namespace

Result<Bytes> certificate_chain(const Membership& membership, const DeviceId& device) {
  const Device* link = membership.device(device);
  if (link == nullptr) {
    return Error(ErrorCode::not_found, "This device is not a member of the space.");
  }
  Bytes chain;
  while (link != nullptr) {  // terminates: an issuer's level is higher than its subject's
    put_sized(chain, link->certificate);
    link = membership.device_of(link->issuer);
  }
  if (chain.size() > limits::kCertificateChainBytes) {
    return Error(ErrorCode::limit_exceeded,
                 "This device's certificates are too long to be sent: pair it again.");
  }
  return chain;
}

Result<VerifiedPeer> verify_chain(BytesView chain, const SpaceId& space,
                                  const crypto::SigningPublicKey& root_key,
                                  const crypto::DhPublicKey& noise_key, WallTime now) {
  return verify_unknown(chain, space, root_key, nullptr, &noise_key, now);
}

Result<VerifiedPeer> verify_chain(BytesView chain, const Membership& membership,
                                  const crypto::DhPublicKey& noise_key, WallTime now) {
  return verify_member(chain, membership, &noise_key, now);
}

Result<VerifiedPeer> verify_known(const Membership& membership,
                                  const crypto::DhPublicKey& noise_key, WallTime now) {
  const Device* known = nullptr;
  for (const auto& [id, device] : membership.devices()) {
    if (device.noise_key != noise_key) continue;
    if (known != nullptr) return unproven();
    known = &device;
  }
  if (known == nullptr || known->keys_clash || ended(known->not_after_ms, now)) return unproven();
  return VerifiedPeer{known->id, known->level, known->signing_key};
}

Result<VerifiedPeer> verify_chain_of_signer(BytesView chain, const Membership& membership,
                                            WallTime now) {
  return verify_member(chain, membership, nullptr, now);
}

}  // namespace relais::access

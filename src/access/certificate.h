#pragma once

#include <unordered_set>

#include "access/membership.h"
#include "base/time.h"

/// docs/spec/access.md, "Certificates".
namespace relais::access {

/// Signs a certificate's body with the issuer's key.
wire::Certificate sign_certificate(const wire::CertificateBody& body,
                                   const crypto::SigningSecretKey& issuer);
/// Checks the signature under the issuer named in the body, that the device's keys are valid points
/// and that it is of this space. Whether the issuer may issue, and its own key, are for who calls:
/// it must be root's, or one that was certified itself. Fails: corrupt.
Result<wire::CertificateBody> verify_certificate(BytesView encoded, const SpaceId& space);

/// Remembers, in memory alone, which certificates were verified: a membership that is derived
/// again because control has grown then checks only the new ones.
/// Threads: one at a time.
class VerifiedCertificates {
 public:
  /// As verify_certificate.
  Result<wire::CertificateBody> verify(BytesView encoded, const SpaceId& space);
  std::size_t size() const { return verified_.size(); }

 private:
  std::unordered_set<crypto::Hash> verified_;  ///< of space and certificate
};

/// A device's certificate, then its issuer's, up to one the root key signed. At most
/// limits::kCertificateChainBytes: what handshake messages 2 and 3 carry. Fails: not_found.
Result<Bytes> certificate_chain(const Membership& membership, const DeviceId& device);

/// Who is at the other end, as its chain and the session's static key prove.
struct Peer {
  DeviceId device;
  Level level = Level::member;
  crypto::SigningPublicKey signing_key;
};
/// For who has no membership yet: a joiner, with the root key of the first record it was shown.
/// Fails: not_authorised, for every cause alike (no chain to root, levels that don't fall, keys
/// that don't match, a certificate of the chain expired at `now`).
Result<Peer> verify_chain(BytesView chain, const SpaceId& space,
                          const crypto::SigningPublicKey& root_key,
                          const crypto::DhPublicKey& noise_key, WallTime now);
/// The same, and fails alike where the membership knows the device otherwise: with another Noise
/// key or level. A device it doesn't know yet passes: the other side may have newer control.
Result<Peer> verify_chain(BytesView chain, const Membership& membership,
                          const crypto::DhPublicKey& noise_key, WallTime now);

}  // namespace relais::access

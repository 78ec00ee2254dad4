#pragma once

#include <optional>

#include "access/device_keys.h"
#include "access/membership.h"
#include "base/time.h"

/// docs/spec/access.md, "Certificates".
namespace relais::access {

/// The device's own signature over its three keys, bound to the space. It shows that who holds the
/// signing key wants the other two beside it.
crypto::Signature sign_own_keys(const DeviceKeys& keys, const SpaceId& space);
/// Whether the body's device signature is that.
bool is_own(const wire::CertificateBody& body);

/// Signs a certificate's body with the issuer's key.
wire::Certificate sign_certificate(const wire::CertificateBody& body,
                                   const crypto::SigningSecretKey& issuer);
/// Checks both signatures, that the device's keys are valid points and that it is of this space.
/// Whether the issuer may issue is for who calls. Fails: corrupt.
Result<wire::CertificateBody> verify_certificate(BytesView encoded, const SpaceId& space);

/// A device's certificate, then its issuer's, up to one the root key signed. At most
/// limits::kCertificateChainBytes: what handshake messages 2 and 3 carry. Fails: not_found.
Result<Bytes> certificate_chain(const Membership& membership, const DeviceId& device);

/// Who is at the other end, as its chain and the session's static key prove.
struct VerifiedPeer {
  DeviceId device;
  Level level = Level::member;
  crypto::SigningPublicKey signing_key;
};
/// For who has no membership yet: a joiner, with the root key of the first record it was shown.
/// Fails: not_authorised, for every cause alike (no chain to root, levels that don't fall, a level
/// that may not certify, keys that don't match, a certificate of the chain expired at `now`).
Result<VerifiedPeer> verify_chain(BytesView chain, const SpaceId& space,
                                  const crypto::SigningPublicKey& root_key,
                                  const crypto::DhPublicKey& noise_key, WallTime now);
/// For a member. A device that the membership knows is judged by that alone: its Noise key, whether
/// certificates over other keys count too, its end. For one not known yet the chain decides, as the
/// other side may have newer control; but each issuer that the membership knows must be as it says
/// there and be allowed to certify, and a certificate whose place in its issuer's log is held here
/// must be what stands there and counts. Fails: as above.
Result<VerifiedPeer> verify_chain(BytesView chain, const Membership& membership,
                                  const crypto::DhPublicKey& noise_key, WallTime now);

/// The same for who proves it by a signature of its signing key, not by the session's static key.
Result<VerifiedPeer> verify_chain_of_signer(BytesView chain, const Membership& membership,
                                            WallTime now);

/// What a joiner checks of the certificate it is welcomed with: that it is over its own keys,
/// signed with them, and that the signature of its issuer holds. Fails: corrupt.
Status check_welcome(BytesView certificate, const SpaceId& space, const DeviceKeys& own);

}  // namespace relais::access

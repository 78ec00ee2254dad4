#pragma once

#include <optional>

#include "access/device_keys.h"
#include "access/membership.h"
#include "base/time.h"

/// docs/spec/access.md, "Certificates".
namespace relais::access {

/// The device's own signature over the space and its three keys. It proves that the holder of the
/// signing key chose the other two.
crypto::Signature sign_own_keys(const DeviceKeys& keys, const SpaceId& space);
/// Whether the body's device signature is valid.
bool is_own(const wire::CertificateBody& body);

/// Signs a certificate's body with the issuer's key.
wire::Certificate sign_certificate(const wire::CertificateBody& body,
                                   const crypto::SigningSecretKey& issuer);
/// Checks both signatures, the space, and that the device's keys are valid points. The caller
/// checks that the issuer may issue it. Fails: corrupt.
Result<wire::CertificateBody> verify_certificate(BytesView encoded, const SpaceId& space);

/// A device's certificate, then its issuer's, up to the one that the root key signed. Handshake
/// messages 2 and 3 carry it. Fails: not_found; limit_exceeded beyond
/// limits::kCertificateChainBytes.
Result<Bytes> certificate_chain(const Membership& membership, const DeviceId& device);

/// The peer's identity, as its chain and the session's static key prove it.
struct VerifiedPeer {
  DeviceId device;
  Level level = Level::member;
  crypto::SigningPublicKey signing_key;
};
/// For a joiner, which has no membership yet but the root key of the first record that it received.
/// Fails: not_authorised, for every cause alike (no chain to root, levels that don't fall, a level
/// that may not certify, wrong keys, a certificate of the chain expired at `now`).
Result<VerifiedPeer> verify_chain(BytesView chain, const SpaceId& space,
                                  const crypto::SigningPublicKey& root_key,
                                  const crypto::DhPublicKey& noise_key, WallTime now);
/// For a member. A device that the membership knows is checked against the membership alone: its
/// Noise key, conflicting keys, its expiry. For an unknown device the chain decides, because the
/// peer may have newer control. But an issuer that the membership knows must have that level and
/// may certify; and if the certificate's position in its issuer's log is held here, it must stand
/// there and count. Fails: as above.
Result<VerifiedPeer> verify_chain(BytesView chain, const Membership& membership,
                                  const crypto::DhPublicKey& noise_key, WallTime now);

/// The same for a peer that shows no chain: the membership knows one device of that key. A member
/// may be certified with the key of another: then neither is known by it.
Result<VerifiedPeer> verify_known(const Membership& membership,
                                  const crypto::DhPublicKey& noise_key, WallTime now);

/// The same as with a chain for a peer that proves its identity with its signing key, not with the
/// session's static key.
Result<VerifiedPeer> verify_chain_of_signer(BytesView chain, const Membership& membership,
                                            WallTime now);

/// A joiner's check of the certificate in the Welcome: it covers the joiner's own keys and both
/// signatures are valid. Fails: corrupt.
Status check_welcome(BytesView certificate, const SpaceId& space, const DeviceKeys& own);

}  // namespace relais::access

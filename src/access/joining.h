#pragma once

#include <vector>

#include "access/device_keys.h"
#include "access/founding.h"
#include "access/keyring.h"
#include "access/membership.h"
#include "access/recovery.h"

/// How a device becomes a member. docs/spec/access.md, "Joining".
namespace relais::access {

/// What a joiner sends in handshake message 3: its public keys, and its signature over them, which
/// becomes part of its certificate.
struct JoinRequest {
  crypto::SigningPublicKey signing_key;
  crypto::DhPublicKey noise_key;
  crypto::DhPublicKey receiving_key;
  crypto::Signature device_signature;
};
JoinRequest make_join_request(const DeviceKeys& keys, const SpaceId& space);
/// Of the device's part: without level, issuer and end.
wire::CertificateBody certificate_body(const JoinRequest& request, const SpaceId& space);
Bytes encode_join_request(const DeviceKeys& keys, const SpaceId& space);
/// Fails: not_authorised (signature, keys, or a static key that isn't the session's), for every
/// cause alike.
Result<JoinRequest> decode_join_request(BytesView bytes, const SpaceId& space,
                                        const crypto::DhPublicKey& noise_key);

/// What handshake message 2 of an invitation's session carries: the first record and the inviter's
/// chain, so that the joiner can check H(first record) = space, then the inviter.
Bytes encode_inviter(BytesView first_record, BytesView chain);
struct Inviter {
  Bytes first_record;
  Bytes chain;
  crypto::SigningPublicKey root_key;  ///< of the first record: what `verify_chain` needs
};
/// Fails: not_authorised, for every cause alike. Doesn't check the chain: verify_chain does.
Result<Inviter> decode_inviter(BytesView bytes, const SpaceId& space);

/// The records an owner writes to admit a joiner, to be placed from `next_seq` on without a gap:
/// MemberAdded (first: its certificate names that position), RightsGranted for `compartments`,
/// KeysSealed of the open mesh keys and of all the compartments' epochs, as far as this device
/// holds them and what they cite. Nothing if the device is a member already with the same keys.
/// Fails: not_authorised (this device may not, or lacks a key to hand on; the joiner's keys aren't
/// usable, or it is a member with others), not_found (a compartment), invalid_argument (rights).
struct Admission {
  Level level = Level::member;
  std::vector<CompartmentId> compartments{};
  std::uint32_t rights = wire::kRead | wire::kWrite;
  std::int64_t not_after_ms = 0;  ///< wall time; 0: no end
};
Result<std::vector<wire::ControlRecord>> admit_device(
    const Membership& membership, const Keyring& keyring, const DeviceKeys& self,
    const AuthorId& self_author, std::uint64_t next_seq, const JoinRequest& request,
    const Admission& admission);

}  // namespace relais::access

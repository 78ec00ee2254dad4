#pragma once

#include <vector>

#include "access/device_keys.h"
#include "access/founding.h"
#include "access/keyring.h"
#include "access/membership.h"
#include "access/recovery.h"

/// How a device becomes a member. docs/spec/access.md, "Joining".
namespace relais::access {

/// The joiner's part of handshake message 3: its public keys, and its signature over them, which
/// becomes part of its certificate.
struct JoinRequest {
  crypto::SigningPublicKey signing_key;
  crypto::DhPublicKey noise_key;
  crypto::DhPublicKey receiving_key;
  crypto::Signature device_signature;
};
JoinRequest make_join_request(const DeviceKeys& keys, const SpaceId& space);
/// The fields that the device decides; not level, issuer and expiry.
wire::CertificateBody certificate_body(const JoinRequest& request, const SpaceId& space);
Bytes encode_join_request(const DeviceKeys& keys, const SpaceId& space);
/// Fails: not_authorised, for every cause alike (signature, keys, or a Noise key other than the
/// session's).
Result<JoinRequest> decode_join_request(BytesView bytes, const SpaceId& space,
                                        const crypto::DhPublicKey& noise_key);

/// The inviter's part of handshake message 2: the first record and the inviter's chain. The joiner
/// checks H(first record) = space, then the chain.
Bytes encode_inviter(BytesView first_record, BytesView chain);
struct Inviter {
  Bytes first_record;
  Bytes chain;
  crypto::SigningPublicKey root_key;  ///< from the first record, for `verify_chain`
};
/// Fails: not_authorised, for every cause alike. Doesn't check the chain: verify_chain does.
Result<Inviter> decode_inviter(BytesView bytes, const SpaceId& space);

/// The inviter's decisions about a joiner.
struct Admission {
  Level level = Level::member;
  std::vector<CompartmentId> compartments{};
  std::uint32_t rights = wire::kRead | wire::kWrite;
  std::int64_t not_after_ms = 0;  ///< wall time; 0: no end
};
/// The records by which an owner admits a joiner, for consecutive positions from `next_seq`:
/// MemberAdded (first: its certificate names that position), RightsGranted for `compartments`,
/// KeysSealed of the open mesh keys and of all the compartments' epochs, as far as this device
/// holds their keys and what they cite. Empty if the device is already a member with the same keys.
/// Fails: not_authorised (this device may not admit it, or lacks a key to share; the joiner's keys
/// are unusable, or it is a member with other keys), not_found (a compartment), invalid_argument
/// (rights).
Result<std::vector<wire::ControlRecord>> admit_device(
    const Membership& membership, const Keyring& keyring, const DeviceKeys& self,
    const AuthorId& self_author, std::uint64_t next_seq, const JoinRequest& request,
    const Admission& admission);

}  // namespace relais::access

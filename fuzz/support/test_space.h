#pragma once

#include "access/certificate.h"
#include "access/device_keys.h"
#include "access/membership.h"
#include "fuzz/support/test_keys.h"

/// A space for which the target holds all keys, so that changed data can be signed again.
namespace relais::fuzz {

/// Number 0 is root; 1 is an owner, 2 a supervisor, 3 a member; the others are strangers.
inline constexpr std::uint8_t kActors = 6;
/// Made once, as they are used often.
const access::DeviceKeys& keys_of(std::uint8_t number);
log::Instance instance_of(std::uint8_t number);
const AuthorId& author_of(std::uint8_t number);
DeviceId device_of(std::uint8_t number);

const Bytes& first_record();
const SpaceId& test_space();
/// The signing keys of all actors.
const std::map<AuthorId, crypto::SigningPublicKey>& authors();

/// As `issuer` writes it at `seq` of its log; change it to make an invalid one.
wire::CertificateBody certificate_body(std::uint8_t issuer, std::uint64_t seq, std::uint8_t subject,
                                       wire::Level level);
Bytes signed_by(std::uint8_t issuer, BytesView body);

/// The hash of a place in these logs, independent of its content.
crypto::Hash hash_of_place(std::uint8_t author, std::uint64_t seq);
access::LocatedRecord placed(std::uint8_t author, std::uint64_t seq, wire::ControlRecord record);
/// Root's records: the first, and the owner; then the owner's: the supervisor and the member.
const std::vector<access::LocatedRecord>& founding_records();

}  // namespace relais::fuzz

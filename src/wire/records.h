#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "crypto/crypto.h"
#include "relais/ids.h"
#include "relais/result.h"

/// Control records: the plaintext blocks of control's logs, signed with their log.
/// docs/spec/access.md, "Records". A record's bytes are stored and hashed as received.
namespace relais::wire {

using EpochId = Id<struct EpochTag, 16>;

/// A higher level may add and revoke lower ones. The values are on the wire.
enum class Level : std::uint8_t { root = 0, owner = 1, supervisor = 2, member = 3, courier = 4 };

/// A device's rights in a compartment, as bits.
enum Right : std::uint32_t { kRead = 1, kWrite = 2, kGrant = 4 };

/// Encoding never fails. Decoding fails: corrupt; limit_exceeded; unsupported_version for a newer
/// certificate.

/// A position in a control log, with its hash: it cites the whole log up to there.
struct Citation {
  AuthorId author;
  std::uint64_t seq = 0;
  crypto::Hash hash;
  bool operator==(const Citation&) const = default;
};
using Citations = std::vector<Citation>;

/// A device's keys and level, signed by a device of a higher level.
struct CertificateBody {
  SpaceId space;
  crypto::SigningPublicKey signing_key;
  crypto::DhPublicKey noise_key;      ///< the session's static key
  crypto::DhPublicKey receiving_key;  ///< what epoch keys are sealed to
  Level level = Level::member;
  crypto::SigningPublicKey issuer;  ///< the root key or a device's signing key
  AuthorId issuer_author;           ///< the issuer's log in control, and
  std::uint64_t issuer_seq = 0;     ///< the position of the record that adds the device
  std::int64_t not_after_ms = 0;    ///< wall time; 0: no end. Gates sessions only.
  /// By the device itself, over the space and its three keys: nobody else can certify one of its
  /// keys together with other keys.
  crypto::Signature device_signature;
};
struct Certificate {
  Bytes body;
  crypto::Signature signature;
};
Bytes encode(const CertificateBody& body);
Result<CertificateBody> decode_certificate_body(BytesView bytes);
Bytes encode(const Certificate& certificate);
Result<Certificate> decode_certificate(BytesView bytes);

namespace record {

/// The first record of a space; the space id is its hash.
struct SpaceCreated {
  crypto::SigningPublicKey root_key;
  Id<struct NonceTag, 16> nonce;
};
struct MemberAdded {
  Bytes certificate;  ///< an encoded Certificate
  Citations cited{};  ///< replaces certificates of the same device that they cover
};
struct CompartmentCreated {
  std::string scope;
  std::string label;
};
/// Maps a section of a collection to a label. Section empty: the collection's default. Both empty:
/// the space's default.
struct SectionMapped {
  std::string collection;
  std::string section;
  std::string label;
  Citations cited{};  ///< replaces entries of the same place that they cover
  /// In a collection's default: devices write no section without an entry of its own.
  bool closed = false;
};
struct RightsGranted {
  DeviceId device;
  CompartmentId compartment;
  std::uint32_t rights = 0;
};
/// New keys, for compartments or for control itself (the mesh key). docs/spec/access.md, "Epochs".
struct EpochMade {
  struct Part {
    CompartmentId compartment;
    crypto::Hash commitment;  ///< to the key; its first bytes are the epoch's id
    Bytes recipients;         ///< a bit for each of `devices`, from the lowest bit of byte 0
  };
  Citations cited;                ///< the control heads that its author knew
  std::vector<DeviceId> devices;  ///< ascending
  std::vector<Part> parts;
  std::vector<DeviceId> over_limit;  ///< ascending: known to have too many authors
};
/// The epoch's key, sealed to devices. Separate from EpochMade, so that it can be pruned.
struct KeysSealed {
  EpochId epoch;
  struct Copy {
    DeviceId device;
    Bytes box;
  };
  std::vector<Copy> copies;
};
/// Raises a device's limit of authors above limits::kAuthorsPerDevice. Its author's level must be
/// higher than the device's.
struct AuthorsAllowed {
  DeviceId device;
  std::uint32_t authors = 0;
};
/// A record of an unknown kind: stored and forwarded as received, without effect. Encodes to
/// nothing.
struct Unknown {};

}  // namespace record

using ControlRecord =
    std::variant<record::SpaceCreated, record::MemberAdded, record::CompartmentCreated,
                 record::SectionMapped, record::RightsGranted, record::EpochMade,
                 record::KeysSealed, record::AuthorsAllowed, record::Unknown>;
Bytes encode(const ControlRecord& record);
Result<ControlRecord> decode_control_record(BytesView bytes);

}  // namespace relais::wire

#pragma once

#include <vector>

#include "base/bytes.h"
#include "crypto/crypto.h"
#include "relais/ids.h"
#include "relais/result.h"

namespace relais::wire {

/// One signed place in a log: everything up to `seq` hashes to `hash`.
struct SignedHead {
  std::uint64_t seq = 0;
  crypto::Hash hash;
  bool operator==(const SignedHead&) const = default;
};

/// The author of a log of one compartment, and 1 to limits::kHeadsPerSeal heads of it in rising
/// order.
struct SealHeader {
  CompartmentId compartment;
  crypto::SigningPublicKey device_key;
  Id<struct InstanceTag, 16> instance;
  std::vector<SignedHead> heads;
};

/// Of fixed layout, so that the bytes that were signed can be made again from what they say.
/// docs/spec/log.md, "Seal". At most limits::kSealBytes.
struct Seal {
  SealHeader header;
  crypto::Signature signature;
};

/// What is signed under the label "seal": the space, which the seal itself leaves out, and the
/// header.
Bytes signed_bytes(const SpaceId& space, const SealHeader& header);
/// Never fails.
Bytes encode(const Seal& seal);
/// Fails: corrupt; limit_exceeded; unsupported_version.
Result<Seal> decode_seal(BytesView bytes);

}  // namespace relais::wire

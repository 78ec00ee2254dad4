#pragma once

#include <vector>

#include "base/bytes.h"
#include "crypto/crypto.h"
#include "relais/ids.h"
#include "relais/result.h"

namespace relais::wire {

/// One signed head of a log: the chain up to `seq` hashes to `hash`.
struct SignedHead {
  std::uint64_t seq = 0;
  crypto::Hash hash;
  bool operator==(const SignedHead&) const = default;
};

/// The author and compartment of a log, and 1 to limits::kHeadsPerSeal of its heads, ascending.
struct SealHeader {
  CompartmentId compartment;
  crypto::SigningPublicKey device_key;
  Id<struct InstanceTag, 16> instance;
  std::vector<SignedHead> heads;
};

/// Its layout is fixed, so that the signed bytes can be rebuilt from the fields. docs/spec/log.md,
/// "Seal". At most limits::kSealBytes.
struct Seal {
  SealHeader header;
  crypto::Signature signature;
};

/// The bytes signed under the label "seal": the space, which the seal omits, and the header.
Bytes signed_bytes(const SpaceId& space, const SealHeader& header);
/// Never fails.
Bytes encode(const Seal& seal);
/// Fails: corrupt; limit_exceeded; unsupported_version.
Result<Seal> decode_seal(BytesView bytes);

}  // namespace relais::wire

#pragma once

#include <vector>

#include "base/bytes.h"
#include "crypto/crypto.h"
#include "relais/result.h"

namespace relais::wire {

/// One signed place in a log: everything up to `seq` hashes to `hash`.
struct SignedHead {
  std::uint64_t seq = 0;
  crypto::Hash hash;
};

/// What a seal signs: the author of a log, and heads of it in rising order.
/// docs/spec/log.md, "Seal". Size: at most limits::kSealBytes, 1 to limits::kHeadsPerSeal heads.
struct SealHeader {
  SpaceId space;
  CompartmentId compartment;
  crypto::SigningPublicKey device_key;
  Id<struct InstanceTag, 16> instance;
  std::vector<SignedHead> heads;
};

/// The header's bytes as they were signed, and the signature over them: never encoded again.
struct Seal {
  Bytes header;
  crypto::Signature signature;
};

/// Encoding never fails. Decoding fails: corrupt; limit_exceeded; unsupported_version.
Bytes encode(const SealHeader& header);
Result<SealHeader> decode_seal_header(BytesView bytes);
Bytes encode(const Seal& seal);
Result<Seal> decode_seal(BytesView bytes);

}  // namespace relais::wire

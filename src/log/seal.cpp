#include "base/try.h"
#include "log/piece.h"

namespace relais::log {

wire::Seal sign_seal(const SpaceId& space, const crypto::SigningSecretKey& key,
                     wire::SealHeader header) {
  const crypto::Signature signature = crypto::sign(key, "seal", wire::signed_bytes(space, header));
  return {std::move(header), signature};
}

Result<VerifiedSeal> verify_seal(BytesView seal, const SpaceId& space, const IsKnownKey& is_known) {
  RELAIS_ASSIGN(wire::Seal decoded, wire::decode_seal(seal));
  wire::SealHeader& header = decoded.header;
  const bool valid =
      (is_known && is_known(header.device_key)) || crypto::is_valid(header.device_key);
  const bool genuine =
      valid && crypto::verify(header.device_key, "seal", wire::signed_bytes(space, header),
                              decoded.signature);
  if (!genuine) return Error(ErrorCode::corrupt, "A seal's signature is not valid.");
  const LogId log{header.compartment, author_id(header.device_key, header.instance)};
  return VerifiedSeal{std::move(header), log, Bytes(seal)};
}

}  // namespace relais::log

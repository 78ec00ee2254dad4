#include "base/try.h"
#include "log/piece.h"

namespace relais::log {

Result<VerifiedSeal> verify_seal(BytesView seal, const SpaceId& space, const IsKnownKey& is_known) {
  RELAIS_ASSIGN(const wire::Seal decoded, wire::decode_seal(seal));
  RELAIS_ASSIGN(wire::SealHeader header, wire::decode_seal_header(decoded.header));
  const bool valid =
      (is_known && is_known(header.device_key)) || crypto::is_valid(header.device_key);
  const bool genuine = header.space == space && valid &&
                       crypto::verify(header.device_key, "seal", decoded.header, decoded.signature);
  if (!genuine) return Error(ErrorCode::corrupt, "a seal doesn't hold");
  const LogId log{header.compartment, author_id(header.device_key, header.instance)};
  return VerifiedSeal{std::move(header), log, Bytes(seal)};
}

}  // namespace relais::log

#include "access/certificate.h"

#include "access/device_keys.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::access {
namespace {

constexpr std::string_view kLabel = "certificate";

Error invalid() { return {ErrorCode::corrupt, "A certificate is not valid."}; }

}  // namespace

wire::Certificate sign_certificate(const wire::CertificateBody& body,
                                   const crypto::SigningSecretKey& issuer) {
  wire::Certificate certificate;
  certificate.body = wire::encode(body);
  certificate.signature = crypto::sign(issuer, kLabel, certificate.body);
  return certificate;
}

Result<wire::CertificateBody> verify_certificate(BytesView encoded, const SpaceId& space) {
  if (encoded.size() > limits::kCertificateBytes) return invalid();
  RELAIS_ASSIGN(const wire::Certificate certificate, wire::decode_certificate(encoded));
  RELAIS_ASSIGN(wire::CertificateBody body, wire::decode_certificate_body(certificate.body));
  const bool in_place = body.space == space && body.level > Level::root &&
                        body.level <= Level::courier && body.not_after_ms >= 0;
  if (!in_place || !are_usable(body.signing_key, body.noise_key, body.receiving_key) ||
      !crypto::is_valid(body.issuer) ||
      !crypto::verify(body.issuer, kLabel, certificate.body, certificate.signature)) {
    return invalid();
  }
  return body;
}

}  // namespace relais::access

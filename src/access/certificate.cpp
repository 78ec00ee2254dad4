#include "access/certificate.h"

#include "access/device_keys.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::access {
namespace {

constexpr std::string_view kLabel = "certificate";

Error invalid() { return {ErrorCode::corrupt, "A certificate is not valid."}; }

Result<wire::Certificate> decode(BytesView encoded) {
  if (encoded.size() > limits::kCertificateBytes) return invalid();
  return wire::decode_certificate(encoded);
}

}  // namespace

wire::Certificate sign_certificate(const wire::CertificateBody& body,
                                   const crypto::SigningSecretKey& issuer) {
  wire::Certificate certificate;
  certificate.body = wire::encode(body);
  certificate.signature = crypto::sign(issuer, kLabel, certificate.body);
  return certificate;
}

Result<wire::CertificateBody> verify_certificate(BytesView encoded, const SpaceId& space) {
  RELAIS_ASSIGN(const wire::Certificate certificate, decode(encoded));
  RELAIS_ASSIGN(wire::CertificateBody body, wire::decode_certificate_body(certificate.body));
  const bool in_place = body.space == space && body.level > Level::root &&
                        body.level <= Level::courier && body.not_after_ms >= 0;
  if (!in_place || !are_usable(body.signing_key, body.noise_key, body.receiving_key) ||
      !crypto::verify(body.issuer, kLabel, certificate.body, certificate.signature)) {
    return invalid();
  }
  return body;
}

Result<wire::CertificateBody> VerifiedCertificates::verify(BytesView encoded,
                                                           const SpaceId& space) {
  const crypto::Hash hash = crypto::hash("verified", {space.view(), encoded});
  if (verified_.count(hash) > 0) {
    RELAIS_ASSIGN(const wire::Certificate certificate, decode(encoded));
    return wire::decode_certificate_body(certificate.body);
  }
  auto body = verify_certificate(encoded, space);
  if (body) verified_.insert(hash);
  return body;
}

}  // namespace relais::access

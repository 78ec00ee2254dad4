#include "access/certificate.h"

#include "access/device_keys.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::access {
namespace {

constexpr std::string_view kLabel = "certificate";
constexpr std::string_view kOwnLabel = "device";

Error invalid() { return {ErrorCode::corrupt, "A certificate is not valid."}; }

Result<wire::Certificate> decode(BytesView encoded) {
  if (encoded.size() > limits::kCertificateBytes) return invalid();
  return wire::decode_certificate(encoded);
}

/// The bytes that a device signs: space | signing key | Noise key | receiving key.
Bytes own_keys(const SpaceId& space, const crypto::SigningPublicKey& signing,
               const crypto::DhPublicKey& noise, const crypto::DhPublicKey& receiving) {
  Bytes message(space.view());
  message += signing.view();
  message += noise.view();
  message += receiving.view();
  return message;
}

}  // namespace

crypto::Signature sign_own_keys(const DeviceKeys& keys, const SpaceId& space) {
  return crypto::sign(
      keys.signing.secret_key, kOwnLabel,
      own_keys(space, keys.signing.public_key, keys.noise.public_key, keys.receiving.public_key));
}

bool is_own(const wire::CertificateBody& body) {
  return crypto::verify(body.signing_key, kOwnLabel,
                        own_keys(body.space, body.signing_key, body.noise_key, body.receiving_key),
                        body.device_signature);
}

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
      !is_own(body) ||
      !crypto::verify(body.issuer, kLabel, certificate.body, certificate.signature)) {
    return invalid();
  }
  return body;
}

Status check_welcome(BytesView certificate, const SpaceId& space, const DeviceKeys& own) {
  RELAIS_ASSIGN(const wire::CertificateBody body, verify_certificate(certificate, space));
  const bool ours = body.signing_key == own.signing.public_key &&
                    body.noise_key == own.noise.public_key &&
                    body.receiving_key == own.receiving.public_key;
  if (!ours) return invalid();
  return {};
}

}  // namespace relais::access

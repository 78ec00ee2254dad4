#include "access/certificate.h"
#include "access/joining.h"
#include "base/coding.h"
#include "base/limits.h"

/// docs/spec/access.md, "Joining". The request is of fixed length:
///   version (1) | signing key (32) | Noise key (32) | receiving key (32) | signature (64)
/// The signature is the device's own over its keys, as in its certificate.
/// The inviter's part: first record, sized | chain, sized.
namespace relais::access {
namespace {

constexpr char kJoinVersion = 1;

Error refused() {
  return {ErrorCode::not_authorised, "The devices could not verify each other: invite again."};
}

}  // namespace

JoinRequest make_join_request(const DeviceKeys& keys, const SpaceId& space) {
  return {keys.signing.public_key, keys.noise.public_key, keys.receiving.public_key,
          sign_own_keys(keys, space)};
}

Bytes encode_join_request(const DeviceKeys& keys, const SpaceId& space) {
  const JoinRequest made = make_join_request(keys, space);
  Bytes request(1, kJoinVersion);
  request += made.signing_key.view();
  request += made.noise_key.view();
  request += made.receiving_key.view();
  request += made.device_signature.view();
  return request;
}

Result<JoinRequest> decode_join_request(BytesView bytes, const SpaceId& space,
                                        const crypto::DhPublicKey& noise_key) {
  Reader reader(bytes);
  const bool known_version = reader.byte() == kJoinVersion;
  JoinRequest request;
  request.signing_key = reader.id<crypto::SigningPublicKey>();
  request.noise_key = reader.id<crypto::DhPublicKey>();
  request.receiving_key = reader.id<crypto::DhPublicKey>();
  request.device_signature = reader.id<crypto::Signature>();
  if (!known_version || !reader.finished() || request.noise_key != noise_key) return refused();
  if (!are_usable(request.signing_key, request.noise_key, request.receiving_key)) return refused();
  if (!is_own(certificate_body(request, space))) return refused();
  return request;
}

wire::CertificateBody certificate_body(const JoinRequest& request, const SpaceId& space) {
  wire::CertificateBody body;
  body.space = space;
  body.signing_key = request.signing_key;
  body.noise_key = request.noise_key;
  body.receiving_key = request.receiving_key;
  body.device_signature = request.device_signature;
  return body;
}

Bytes encode_inviter(BytesView first_record, BytesView chain) {
  Bytes out;
  put_sized(out, first_record);
  put_sized(out, chain);
  return out;
}

Result<Inviter> decode_inviter(BytesView bytes, const SpaceId& space) {
  Reader reader(bytes);
  Inviter inviter;
  inviter.first_record = reader.sized(limits::kFirstRecordBytes);
  inviter.chain = reader.sized(limits::kCertificateChainBytes);
  if (!reader.finished()) return refused();
  const auto root_key = root_key_of(inviter.first_record, space);
  if (!root_key) return refused();
  inviter.root_key = *root_key;
  return inviter;
}

}  // namespace relais::access

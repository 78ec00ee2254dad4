#include "access/joining.h"
#include "base/coding.h"
#include "base/limits.h"

/// docs/spec/access.md, "Joining". The request is of fixed length:
///   version (1) | signing key (32) | Noise key (32) | receiving key (32) | signature (64)
/// The signature, under the label "join", is over the space id and all before it.
/// The inviter's part: first record, sized | chain, sized.
namespace relais::access {
namespace {

constexpr std::string_view kLabel = "join";
constexpr char kVersion = 1;

Error refused() {
  return {ErrorCode::not_authorised, "The devices could not verify each other: invite again."};
}

Bytes signed_part(const SpaceId& space, BytesView request) {
  Bytes message(space.view());
  message += request;
  return message;
}

}  // namespace

Bytes encode_join_request(const DeviceKeys& keys, const SpaceId& space) {
  Bytes request(1, kVersion);
  request += keys.signing.public_key.view();
  request += keys.noise.public_key.view();
  request += keys.receiving.public_key.view();
  request += crypto::sign(keys.signing.secret_key, kLabel, signed_part(space, request)).view();
  return request;
}

Result<JoinRequest> decode_join_request(BytesView bytes, const SpaceId& space,
                                        const crypto::DhPublicKey& noise_key) {
  Reader reader(bytes);
  const bool known_version = reader.byte() == kVersion;
  JoinRequest request;
  request.signing_key = reader.id<crypto::SigningPublicKey>();
  request.noise_key = reader.id<crypto::DhPublicKey>();
  request.receiving_key = reader.id<crypto::DhPublicKey>();
  const auto signature = reader.id<crypto::Signature>();
  if (!known_version || !reader.finished() || request.noise_key != noise_key) return refused();
  if (!are_usable(request.signing_key, request.noise_key, request.receiving_key)) return refused();
  const BytesView before_signature = bytes.substr(0, bytes.size() - crypto::Signature::kSize);
  if (!crypto::verify(request.signing_key, kLabel, signed_part(space, before_signature),
                      signature)) {
    return refused();
  }
  return request;
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

// Certificate chains as a stranger may show them, each certificate signed by who the input says;
// against the rules of docs/spec/access.md, "Certificate chains", written down once more.
#include <optional>

#include "base/check.h"
#include "base/coding.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_space.h"

namespace relais::fuzz {
namespace {

using Bodies = std::vector<wire::CertificateBody>;

const access::Membership& membership() {
  static const access::Membership kMembership =
      access::Membership::derive(test_space(), first_record(), authors(), founding_records())
          .value();
  return kMembership;
}

/// One certificate: who adds whom at which level, until when; perhaps by another key, of another
/// space, or changed before it was signed.
Bytes make_certificate(Input& input) {
  const auto subject = static_cast<std::uint8_t>(input.below(kActors));
  const auto issuer = static_cast<std::uint8_t>(input.below(kActors));
  const std::uint64_t seq = input.byte();
  auto body = certificate_body(issuer, seq, subject, static_cast<wire::Level>(input.below(6)));
  body.not_after_ms = input.byte();
  const std::uint8_t wrong = input.byte();
  if ((wrong & 1) != 0) body.space.data()[0] ^= 1;
  if ((wrong & 2) != 0) body.noise_key = {};
  if ((wrong & 4) != 0) body.receiving_key = {};
  if ((wrong & 8) != 0) body.signing_key = filled_with<crypto::SigningPublicKey>(input.byte());
  if ((wrong & 16) != 0) body.issuer = filled_with<crypto::SigningPublicKey>(input.byte());
  Bytes encoded = wire::encode(body);
  if ((wrong & 32) != 0) mutate(input, encoded);
  return signed_by((wrong & 64) != 0 ? 5 : issuer, encoded);
}

/// The rules for one certificate.
std::optional<wire::CertificateBody> read_one(BytesView encoded) {
  const auto certificate = wire::decode_certificate(encoded);
  if (!certificate) return std::nullopt;
  const auto body = wire::decode_certificate_body(certificate->body);
  if (!body || body->space != test_space() || body->level == wire::Level::root) return std::nullopt;
  const auto probe = dh_key(200).secret_key;
  if (!crypto::dh(probe, body->noise_key) || !crypto::dh(probe, body->receiving_key)) {
    return std::nullopt;
  }
  if (!crypto::is_valid(body->signing_key) ||
      !crypto::verify(body->issuer, "certificate", certificate->body, certificate->signature)) {
    return std::nullopt;
  }
  return *body;
}

/// The rules for a chain.
std::optional<wire::CertificateBody> expected(BytesView chain, const crypto::DhPublicKey& noise_key,
                                              WallTime now) {
  if (chain.empty() || chain.size() > limits::kCertificateChainBytes) return std::nullopt;
  Bodies bodies;
  for (Reader in(chain); !in.at_end();) {
    const BytesView encoded = in.sized(limits::kCertificateBytes);
    const auto body = in.ok() ? read_one(encoded) : std::nullopt;
    if (!body || (body->not_after_ms > 0 && body->not_after_ms < now.ms)) return std::nullopt;
    if (!bodies.empty() &&
        (bodies.back().issuer != body->signing_key || bodies.back().level <= body->level)) {
      return std::nullopt;
    }
    bodies.push_back(*body);
  }
  const bool rooted = bodies.back().issuer == keys_of(0).signing.public_key;
  if (!rooted || bodies.size() > limits::kCertificateChainLength) return std::nullopt;
  if (bodies.front().noise_key != noise_key) return std::nullopt;
  return bodies.front();
}

void check(const Result<access::Peer>& peer, const std::optional<wire::CertificateBody>& body) {
  RELAIS_CHECK(peer.has_value() == body.has_value());
  if (!peer) {
    check_error(peer.error());
    RELAIS_CHECK(peer.error().code() == ErrorCode::not_authorised);
    return;
  }
  RELAIS_CHECK(peer->signing_key == body->signing_key && peer->level == body->level);
  RELAIS_CHECK(peer->device == log::device_id(body->signing_key));
}

}  // namespace

void run(Input& input) {
  const WallTime now{input.byte()};
  const crypto::DhPublicKey noise_key =
      keys_of(static_cast<std::uint8_t>(input.below(kActors))).noise.public_key;
  Bytes chain;
  for (std::size_t count = input.below(8); count > 0; --count) {
    Bytes certificate = make_certificate(input);
    mutate(input, certificate);
    put_sized(chain, certificate);
  }
  mutate(input, chain);

  auto body = expected(chain, noise_key, now);
  check(access::verify_chain(chain, test_space(), keys_of(0).signing.public_key, noise_key, now),
        body);
  const access::Device* known = body ? membership().device_of(body->signing_key) : nullptr;
  if (known != nullptr && (known->noise_key != noise_key || known->level != body->level)) {
    body.reset();
  }
  check(access::verify_chain(chain, membership(), noise_key, now), body);
}

}  // namespace relais::fuzz

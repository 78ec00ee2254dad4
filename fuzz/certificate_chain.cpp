// Certificate chains as a stranger may present them, each certificate signed by any actor, compared
// with a second implementation of the rules of docs/spec/access.md, "Certificate chains".
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

/// Makes one certificate: issuer, subject, level, end; perhaps signed by another key, of another
/// space, or changed before signing.
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
  Bytes keys(body->space.view());
  keys.append(body->signing_key.view()).append(body->noise_key.view());
  keys.append(body->receiving_key.view());
  if (!crypto::verify(body->signing_key, "device", keys, body->device_signature)) {
    return std::nullopt;
  }
  return *body;
}

/// Whether the membership, if there is one, contradicts a certificate of the chain.
bool is_refused(const access::Membership* known, const wire::CertificateBody& body) {
  if (known == nullptr) return false;
  if (const access::Device* device = known->device_of(body.signing_key)) {
    return device->noise_key != body.noise_key || device->receiving_key != body.receiving_key;
  }
  const access::Device* issuer = known->device_of(body.issuer);
  const bool root = body.issuer == known->root_key();
  if (!root && issuer == nullptr) return false;
  if (body.issuer_seq <= known->control_length(body.issuer_author)) return true;
  return !root && (issuer->level > wire::Level::supervisor || issuer->level >= body.level);
}

/// The rules for a chain of a device that the membership `known`, if there is one, does not know.
std::optional<wire::CertificateBody> expected(BytesView chain, const access::Membership* known,
                                              const crypto::DhPublicKey& noise_key, WallTime now) {
  if (chain.empty() || chain.size() > limits::kCertificateChainBytes) return std::nullopt;
  Bodies bodies;
  for (Reader in(chain); !in.at_end();) {
    const BytesView encoded = in.sized(limits::kCertificateBytes);
    const auto body = in.ok() ? read_one(encoded) : std::nullopt;
    if (!body || is_refused(known, *body)) return std::nullopt;
    const access::Device* device = known == nullptr ? nullptr : known->device_of(body->signing_key);
    const std::int64_t end = device == nullptr ? body->not_after_ms : device->not_after_ms;
    if (end > 0 && end < now.ms) return std::nullopt;
    if (!bodies.empty() &&
        (bodies.back().issuer != body->signing_key || bodies.back().level <= body->level ||
         body->level > wire::Level::supervisor)) {
      return std::nullopt;
    }
    bodies.push_back(*body);
  }
  const bool rooted = bodies.back().issuer == keys_of(0).signing.public_key;
  if (!rooted || bodies.size() > limits::kCertificateChainLength) return std::nullopt;
  if (bodies.front().noise_key != noise_key) return std::nullopt;
  return bodies.front();
}

/// The known device with the id that the chain begins with.
const access::Device* known_subject(BytesView chain) {
  const auto certificate = wire::decode_certificate(Reader(chain).sized(limits::kCertificateBytes));
  const auto body = certificate ? wire::decode_certificate_body(certificate->body)
                                : Result<wire::CertificateBody>(certificate.error());
  return body ? membership().device_of(body->signing_key) : nullptr;
}

void check(const Result<access::VerifiedPeer>& peer,
           const std::optional<wire::CertificateBody>& body) {
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

  check(access::verify_chain(chain, test_space(), keys_of(0).signing.public_key, noise_key, now),
        expected(chain, nullptr, noise_key, now));
  auto body = expected(chain, &membership(), noise_key, now);
  if (const access::Device* known = known_subject(chain)) {
    body.reset();
    if (known->noise_key == noise_key) {
      body.emplace();
      body->signing_key = known->signing_key;
      body->level = known->level;
    }
  }
  check(access::verify_chain(chain, membership(), noise_key, now), body);
}

}  // namespace relais::fuzz

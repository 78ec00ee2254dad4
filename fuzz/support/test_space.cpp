#include "fuzz/support/test_space.h"

#include "base/coding.h"

namespace relais::fuzz {

const access::DeviceKeys& keys_of(std::uint8_t number) {
  static const auto kKeys = [] {
    std::vector<access::DeviceKeys> keys;
    for (std::uint8_t i = 0; i < kActors; ++i) {
      const auto plus = [i](int more) { return static_cast<std::uint8_t>(i + more); };
      keys.push_back({signing_key(plus(1)), dh_key(plus(51)), dh_key(plus(101))});
    }
    return keys;
  }();
  return kKeys.at(number);
}

log::Instance instance_of(std::uint8_t number) { return filled_with<log::Instance>(number); }

const AuthorId& author_of(std::uint8_t number) {
  static const auto kAuthors = [] {
    std::vector<AuthorId> made;
    for (std::uint8_t i = 0; i < kActors; ++i) {
      made.push_back(log::author_id(keys_of(i).signing.public_key, instance_of(i)));
    }
    return made;
  }();
  return kAuthors.at(number);
}

DeviceId device_of(std::uint8_t number) {
  return log::device_id(keys_of(number).signing.public_key);
}

const Bytes& first_record() {
  static const Bytes kRecord = wire::encode(
      wire::ControlRecord(wire::record::SpaceCreated{keys_of(0).signing.public_key, {}}));
  return kRecord;
}

const SpaceId& test_space() {
  static const SpaceId kSpace = access::space_id(first_record());
  return kSpace;
}

const std::map<AuthorId, crypto::SigningPublicKey>& authors() {
  static const auto kAuthors = [] {
    std::map<AuthorId, crypto::SigningPublicKey> all;
    for (std::uint8_t i = 0; i < kActors; ++i) {
      all.emplace(author_of(i), keys_of(i).signing.public_key);
    }
    return all;
  }();
  return kAuthors;
}

wire::CertificateBody certificate_body(std::uint8_t issuer, std::uint64_t seq, std::uint8_t subject,
                                       wire::Level level) {
  const access::DeviceKeys& keys = keys_of(subject);
  static const auto kSignatures = [] {
    std::vector<crypto::Signature> made;
    for (std::uint8_t i = 0; i < kActors; ++i) {
      made.push_back(access::sign_own_keys(keys_of(i), test_space()));
    }
    return made;
  }();
  return {.space = test_space(),
          .signing_key = keys.signing.public_key,
          .noise_key = keys.noise.public_key,
          .receiving_key = keys.receiving.public_key,
          .level = level,
          .issuer = keys_of(issuer).signing.public_key,
          .issuer_author = author_of(issuer),
          .issuer_seq = seq,
          .not_after_ms = 0,
          .device_signature = kSignatures.at(subject)};
}

Bytes signed_by(std::uint8_t issuer, BytesView body) {
  wire::Certificate certificate{Bytes(body), {}};
  certificate.signature = crypto::sign(keys_of(issuer).signing.secret_key, "certificate", body);
  return wire::encode(certificate);
}

crypto::Hash hash_of_place(std::uint8_t author, std::uint64_t seq) {
  Bytes place(1, static_cast<char>(author));
  put_u64(place, seq);
  return crypto::hash("test place", {place});
}

access::LocatedRecord placed(std::uint8_t author, std::uint64_t seq, wire::ControlRecord record) {
  return {author_of(author), seq, hash_of_place(author, seq), std::move(record)};
}

const std::vector<access::LocatedRecord>& founding_records() {
  using wire::Level;
  const auto added = [](std::uint8_t issuer, std::uint64_t seq, std::uint8_t subject, Level level) {
    const Bytes body = wire::encode(certificate_body(issuer, seq, subject, level));
    return placed(issuer, seq, wire::record::MemberAdded{signed_by(issuer, body)});
  };
  static const std::vector<access::LocatedRecord> kRecords = {
      placed(0, 1, wire::record::SpaceCreated{keys_of(0).signing.public_key, {}}),
      added(0, 2, 1, Level::owner), added(1, 1, 2, Level::supervisor),
      added(1, 2, 3, Level::member)};
  return kRecords;
}

}  // namespace relais::fuzz

#include "access/certificate.h"

#include <gtest/gtest.h>

#include <functional>

#include "access/small_space.h"
#include "base/coding.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

constexpr WallTime kNow{1'790'000'000'000};

struct Certificate : testing::Test {
  SmallSpace space;

  Bytes signed_by(const Actor& issuer, const wire::CertificateBody& body) {
    return space.added(issuer, body).certificate;
  }
  bool accepts(const Bytes& encoded) {
    return verify_certificate(encoded, space.founding.space).has_value();
  }
  /// Whether a certificate is accepted after its body was changed before signing.
  bool accepts_with(const std::function<void(wire::CertificateBody&)>& change) {
    wire::CertificateBody body = space.body(space.owner(), space.stranger(), Level::member);
    change(body);
    return accepts(signed_by(space.owner(), body));
  }
};

TEST_F(Certificate, IsAcceptedAsItWasSigned) {
  const Actor& subject = space.stranger();
  wire::CertificateBody body = space.body(space.owner(), subject, Level::member);
  body.not_after_ms = kNow.ms;
  const auto verified = verify_certificate(signed_by(space.owner(), body), space.founding.space);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->signing_key, subject.keys.signing.public_key);
  EXPECT_EQ(verified->noise_key, subject.keys.noise.public_key);
  EXPECT_EQ(verified->receiving_key, subject.keys.receiving.public_key);
  EXPECT_EQ(verified->level, Level::member);
  EXPECT_EQ(verified->issuer, space.owner().keys.signing.public_key);
  EXPECT_EQ(verified->issuer_author, space.owner().author);
  EXPECT_EQ(verified->issuer_seq, 1U);
  EXPECT_EQ(verified->not_after_ms, kNow.ms);
}

TEST_F(Certificate, IsSmallEnoughForAChainInOneHandshakeMessage) {
  wire::CertificateBody body = space.body(space.owner(), space.stranger(), Level::courier);
  body.issuer_seq = limits::kLastSeq;
  body.not_after_ms = INT64_MAX;
  EXPECT_LE(signed_by(space.owner(), body).size(), 390U);
}

TEST_F(Certificate, WithAnyBitFlippedIsRefused) {
  const Bytes good =
      signed_by(space.owner(), space.body(space.owner(), space.stranger(), Level::member));
  ASSERT_TRUE(accepts(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
    EXPECT_FALSE(accepts(bad)) << "byte " << i;
    EXPECT_FALSE(accepts(good.substr(0, i))) << "cut at " << i;
  }
}

TEST_F(Certificate, OfAnotherSpaceIsRefused) {
  const Actor& subject = space.stranger();
  wire::CertificateBody body = space.body(space.owner(), subject, Level::member);
  body.space.bytes[0] ^= 1;
  body.device_signature = sign_own_keys(subject.keys, body.space);  // all else is right
  EXPECT_FALSE(accepts(signed_by(space.owner(), body)));
}

TEST_F(Certificate, SignedByAnotherThanItsIssuerIsRefused) {
  const auto body = space.body(space.owner(), space.stranger(), Level::member);
  EXPECT_FALSE(accepts(signed_by(space.stranger(), body)));
}

TEST_F(Certificate, ThatMakesARootIsRefused) {
  EXPECT_FALSE(accepts_with([](auto& body) { body.level = Level::root; }));
}

TEST_F(Certificate, WithAKeyThatIsNoValidPointIsRefused) {
  crypto::SigningPublicKey neutral;  // the point of order 1
  neutral.bytes[0] = 1;
  // R is the base point, S is 1: the equation S * B = R + h * key holds for any message.
  const auto of_anything =
      *crypto::Signature::from(Bytes("\x58") + Bytes(31, '\x66') + Bytes("\x01") + Bytes(31, '\0'));
  EXPECT_FALSE(accepts_with([&](auto& body) {
    body.signing_key = neutral;
    body.device_signature = of_anything;
  }));
  EXPECT_FALSE(accepts_with([&](auto& body) { body.signing_key = {}; }));
}

TEST_F(Certificate, WithAnX25519KeyOfLowOrderIsRefused) {
  // u = 0, 1, and a point of order 8 (RFC 7748, section 6.1; "Curve25519", section "small order").
  const Bytes low_order[] = {
      Bytes(32, '\0'), Bytes(1, '\1').append(31, '\0'),
      *from_hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")};
  // Of a device that signed its own keys after this change of them.
  const auto accepts_keys = [&](const std::function<void(DeviceKeys&)>& change) {
    Actor subject = space.stranger();
    change(subject.keys);
    return accepts(signed_by(space.owner(), space.body(space.owner(), subject, Level::member)));
  };
  EXPECT_TRUE(accepts_keys([](DeviceKeys&) {}));
  for (const Bytes& key : low_order) {
    const auto bad = *crypto::DhPublicKey::from(key);
    EXPECT_FALSE(is_usable(bad)) << to_hex(key);
    EXPECT_FALSE(accepts_keys([&](auto& keys) { keys.noise.public_key = bad; })) << to_hex(key);
    EXPECT_FALSE(accepts_keys([&](auto& keys) { keys.receiving.public_key = bad; })) << to_hex(key);
  }
}

TEST_F(Certificate, OverKeysThatTheDeviceDidNotSignIsRefused) {
  const Actor& other = space.stranger();
  EXPECT_FALSE(accepts_with([&](auto& body) { body.noise_key = other.keys.noise.public_key; }));
  EXPECT_FALSE(
      accepts_with([&](auto& body) { body.receiving_key = other.keys.receiving.public_key; }));
  EXPECT_FALSE(accepts_with([&](auto& body) { body.signing_key = other.keys.signing.public_key; }));
  EXPECT_FALSE(accepts_with([&](auto& body) {
    body.device_signature = sign_own_keys(space.stranger().keys, space.founding.space);
  }));
}

TEST_F(Certificate, OverKeysThatTheDeviceSignedForAnotherSpaceIsRefused) {
  const SmallSpace other(2);
  const Actor& subject = space.stranger();
  wire::CertificateBody body = space.body(space.owner(), subject, Level::member);
  EXPECT_TRUE(accepts(signed_by(space.owner(), body)));
  body.device_signature = sign_own_keys(subject.keys, other.founding.space);
  EXPECT_FALSE(accepts(signed_by(space.owner(), body)));
}

TEST_F(Certificate, OfAWelcomeMustBeOverTheJoinersOwnKeys) {
  const Actor& joiner = space.stranger();
  const SpaceId& id = space.founding.space;
  const Bytes good = signed_by(space.owner(), space.body(space.owner(), joiner, Level::member));
  EXPECT_TRUE(check_welcome(good, id, joiner.keys));
  EXPECT_FALSE(check_welcome(good, id, space.stranger().keys));
  EXPECT_FALSE(check_welcome("certificate", id, joiner.keys));
  SpaceId other = id;
  other.bytes[0] ^= 1;
  EXPECT_FALSE(check_welcome(good, other, joiner.keys));
}

TEST_F(Certificate, IsReadUpToItsLimit) {
  // Filled up with an unknown field, as a newer version might have.
  Bytes padded =
      signed_by(space.owner(), space.body(space.owner(), space.stranger(), Level::member));
  const std::size_t filler = limits::kCertificateBytes - padded.size() - 3;
  padded += "\x7a";  // field 15, length-delimited
  put_varint(padded, filler);
  padded.append(filler, 'x');
  ASSERT_EQ(padded.size(), limits::kCertificateBytes);
  EXPECT_TRUE(accepts(padded));
  EXPECT_FALSE(accepts(padded + Bytes("\x78\x01")));
}

}  // namespace
}  // namespace relais::access

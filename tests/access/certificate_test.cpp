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
  /// Whether a certificate is accepted whose body was changed before it was signed.
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
  EXPECT_LE(signed_by(space.owner(), body).size(), 320U);
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
  EXPECT_FALSE(accepts_with([](auto& body) { body.space.bytes[0] ^= 1; }));
}

TEST_F(Certificate, SignedByAnotherThanItsIssuerIsRefused) {
  const auto body = space.body(space.owner(), space.stranger(), Level::member);
  EXPECT_FALSE(accepts(signed_by(space.stranger(), body)));
}

TEST_F(Certificate, ThatMakesARootIsRefused) {
  EXPECT_FALSE(accepts_with([](auto& body) { body.level = Level::root; }));
}

TEST_F(Certificate, WithAKeyThatIsNoValidPointIsRefused) {
  const auto neutral = [] {  // the point of order 1: anything verifies under it
    crypto::SigningPublicKey key;
    key.bytes[0] = 1;
    return key;
  };
  EXPECT_FALSE(accepts_with([&](auto& body) { body.signing_key = neutral(); }));
  EXPECT_FALSE(accepts_with([&](auto& body) { body.signing_key = {}; }));
}

TEST_F(Certificate, WithAnX25519KeyOfLowOrderIsRefused) {
  // u = 0, 1, and a point of order 8 (RFC 7748, section 6.1; "Curve25519", section "small order").
  const Bytes low_order[] = {
      Bytes(32, '\0'), Bytes(1, '\1') + Bytes(31, '\0'),
      *from_hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")};
  for (const Bytes& key : low_order) {
    const auto bad = *crypto::DhPublicKey::from(key);
    EXPECT_FALSE(is_usable(bad)) << to_hex(key);
    EXPECT_FALSE(accepts_with([&](auto& body) { body.noise_key = bad; })) << to_hex(key);
    EXPECT_FALSE(accepts_with([&](auto& body) { body.receiving_key = bad; })) << to_hex(key);
  }
}

TEST_F(Certificate, ThatWasVerifiedIsRememberedForItsSpaceAndAsItWas) {
  const Bytes good =
      signed_by(space.owner(), space.body(space.owner(), space.stranger(), Level::member));
  SpaceId other = space.founding.space;
  other.bytes[0] ^= 1;
  Bytes bad = good;
  bad.back() = static_cast<char>(bad.back() ^ 1);
  VerifiedCertificates verified;
  for (int round = 0; round < 2; ++round) {
    const auto body = verified.verify(good, space.founding.space);
    ASSERT_TRUE(body);
    EXPECT_EQ(wire::encode(*body), wire::decode_certificate(good)->body);
    EXPECT_FALSE(verified.verify(good, other));
    EXPECT_FALSE(verified.verify(bad, space.founding.space));
    EXPECT_EQ(verified.size(), 1U);
  }
}

TEST_F(Certificate, IsReadUpToItsLimit) {
  // An unknown field, as a newer version might add one, fills it up.
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

struct Chain : Certificate {
  Actor& member = space.add(space.owner(), Level::member);

  /// Certificates one after the other, as a handshake carries them.
  static Bytes chain_of(std::initializer_list<Bytes> certificates) {
    Bytes chain;
    for (const Bytes& certificate : certificates) put_sized(chain, certificate);
    return chain;
  }
  Bytes certificate_of(const Actor& actor) {
    return space.membership().device(actor.id())->certificate;
  }
  Result<Peer> verify(const Bytes& chain, const Actor& who, WallTime now = kNow) {
    return verify_chain(chain, space.founding.space, space.founding.root.public_key,
                        who.keys.noise.public_key, now);
  }
  void expect_refused(const Bytes& chain, const Actor& who, WallTime now = kNow) {
    const auto peer = verify(chain, who, now);
    ASSERT_FALSE(peer);
    EXPECT_EQ(peer.error().code(), ErrorCode::not_authorised);
    EXPECT_EQ(peer.error().message(),
              "The other device did not prove that it is a member of this space.");
  }
};

TEST_F(Chain, OfAMemberLeadsOverItsOwnerToRoot) {
  const auto chain = certificate_chain(space.membership(), member.id());
  ASSERT_TRUE(chain);
  EXPECT_EQ(*chain, chain_of({certificate_of(member), certificate_of(space.owner())}));
  const auto peer = verify(*chain, member);
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->device, member.id());
  EXPECT_EQ(peer->level, Level::member);
  EXPECT_EQ(peer->signing_key, member.keys.signing.public_key);
}

TEST_F(Chain, OfAnOwnerIsOneCertificate) {
  const auto chain = certificate_chain(space.membership(), space.owner().id());
  ASSERT_TRUE(chain);
  EXPECT_EQ(verify(*chain, space.owner())->level, Level::owner);
}

TEST_F(Chain, OfADeviceThatIsNoMemberIsNotFound) {
  const auto chain = certificate_chain(space.membership(), space.stranger().id());
  ASSERT_FALSE(chain);
  EXPECT_EQ(chain.error().code(), ErrorCode::not_found);
}

TEST_F(Chain, ShownByADeviceWithAnotherNoiseKeyIsRefused) {
  expect_refused(*certificate_chain(space.membership(), member.id()), space.stranger());
}

TEST_F(Chain, ThatDoesNotReachRootIsRefused) {
  expect_refused("", member);
  expect_refused(chain_of({certificate_of(member)}), member);
  expect_refused(chain_of({certificate_of(space.owner()), certificate_of(member)}), space.owner());
  const SmallSpace other(2);
  const auto of_other_root =
      verify_chain(*certificate_chain(space.membership(), member.id()), space.founding.space,
                   other.founding.root.public_key, member.keys.noise.public_key, kNow);
  EXPECT_FALSE(of_other_root);
}

TEST_F(Chain, WhoseLevelsDoNotFallIsRefused) {
  Actor& friend_of_member = space.stranger();
  for (const Level level : {Level::owner, Level::supervisor, Level::member, Level::courier}) {
    const Bytes by_member = signed_by(member, space.body(member, friend_of_member, level));
    const Bytes chain =
        chain_of({by_member, certificate_of(member), certificate_of(space.owner())});
    if (level > Level::member) {
      EXPECT_TRUE(verify(chain, friend_of_member)) << "a chain's form is right";
    } else {
      expect_refused(chain, friend_of_member);
    }
  }
}

TEST_F(Chain, WithAForgedIssuerIsRefused) {
  Actor& impostor = space.stranger();
  // Says that the owner signed it; says that the impostor did, and shows the owner's chain.
  const Bytes forged = signed_by(impostor, space.body(space.owner(), impostor, Level::member));
  const Bytes own = signed_by(impostor, space.body(impostor, impostor, Level::member));
  expect_refused(chain_of({forged, certificate_of(space.owner())}), impostor);
  expect_refused(chain_of({own, certificate_of(space.owner())}), impostor);
  expect_refused(chain_of({own, own}), impostor);
}

TEST_F(Chain, EndsAtItsTime) {
  Actor& nurse = space.stranger();
  wire::CertificateBody body = space.body(space.owner(), nurse, Level::member);
  body.not_after_ms = kNow.ms;
  const Bytes chain = chain_of({signed_by(space.owner(), body), certificate_of(space.owner())});
  EXPECT_TRUE(verify(chain, nurse, kNow));
  expect_refused(chain, nurse, {kNow.ms + 1});
}

TEST_F(Chain, EndsWithItsIssuersTime) {
  Actor& locum = space.stranger();
  wire::CertificateBody body = space.body(space.root(), locum, Level::owner);
  body.not_after_ms = kNow.ms;
  const Bytes issuer = signed_by(space.root(), body);
  Actor& late = space.stranger();
  const Bytes own = signed_by(locum, space.body(locum, late, Level::member));
  EXPECT_TRUE(verify(chain_of({own, issuer}), late, kNow));
  expect_refused(chain_of({own, issuer}), late, {kNow.ms + 1});
}

TEST_F(Chain, IsReadUpToItsLimits) {
  // Levels allow four; a fifth certificate could only repeat one, so five don't verify but parse.
  const Bytes own = certificate_of(member);
  Bytes padded(limits::kCertificateChainBytes + 1, '\0');
  expect_refused(padded, member);
  Bytes oversized;
  put_sized(oversized, Bytes(limits::kCertificateBytes + 1, 'x'));
  expect_refused(oversized, member);
  expect_refused(chain_of({own, own, own, own, own, own}), member);
}

TEST_F(Chain, OfTheDeepestHierarchyFitsItsLimit) {
  Actor& supervisor = space.add(space.owner(), Level::supervisor);
  Actor& nurse = space.stranger();
  Actor& courier = space.stranger();
  const Bytes chain = chain_of({signed_by(nurse, space.body(nurse, courier, Level::courier)),
                                signed_by(supervisor, space.body(supervisor, nurse, Level::member)),
                                certificate_of(supervisor), certificate_of(space.owner())});
  EXPECT_LE(chain.size(), limits::kCertificateChainBytes);
  EXPECT_TRUE(verify(chain, courier));
}

TEST_F(Chain, ThatTheMembershipContradictsIsRefused) {
  const Membership membership = space.membership();
  const auto verify_known = [&](const Bytes& chain, const Actor& who) {
    return verify_chain(chain, membership, who.keys.noise.public_key, kNow);
  };
  EXPECT_TRUE(verify_known(*certificate_chain(membership, member.id()), member));

  const Bytes as_supervisor =
      signed_by(space.owner(), space.body(space.owner(), member, Level::supervisor));
  const Bytes raised = chain_of({as_supervisor, certificate_of(space.owner())});
  EXPECT_TRUE(verify(raised, member)) << "without a membership nothing speaks against it";
  const auto refused = verify_known(raised, member);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "The other device did not prove that it is a member of this space.");

  Actor moved = member;
  moved.keys.noise = space.stranger().keys.noise;
  const Bytes with_new_key =
      signed_by(space.owner(), space.body(space.owner(), moved, Level::member));
  EXPECT_FALSE(verify_known(chain_of({with_new_key, certificate_of(space.owner())}), moved));
}

TEST_F(Chain, WithAWrongSignatureIsRefusedThoughTheMembershipKnowsTheDevice) {
  const Membership membership = space.membership();
  auto certificate = wire::decode_certificate(certificate_of(member)).value();
  Bytes signature(certificate.signature.view());
  signature[5] ^= 1;
  certificate.signature = crypto::Signature::from(signature).value();
  const Bytes chain = chain_of({wire::encode(certificate), certificate_of(space.owner())});
  EXPECT_FALSE(verify_chain(chain, membership, member.keys.noise.public_key, kNow));
}

TEST_F(Chain, OfADeviceThatTheMembershipDoesNotKnowYetIsAccepted) {
  const Membership before = space.membership();
  Actor& newcomer = space.add(space.owner(), Level::member);
  const auto chain = certificate_chain(space.membership(), newcomer.id());
  EXPECT_TRUE(verify_chain(*chain, before, newcomer.keys.noise.public_key, kNow));
}

}  // namespace
}  // namespace relais::access

#include <gtest/gtest.h>

#include "access/certificate.h"
#include "access/small_space.h"
#include "base/coding.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

constexpr WallTime kCheckedAt{1'790'000'000'000};

struct Chain : testing::Test {
  SmallSpace space;
  Actor& member = space.add(space.owner(), Level::member);

  Bytes signed_by(const Actor& issuer, const wire::CertificateBody& body) {
    return space.added(issuer, body).certificate;
  }
  /// Concatenates certificates as a handshake carries them.
  static Bytes chain_of(std::initializer_list<Bytes> certificates) {
    Bytes chain;
    for (const Bytes& certificate : certificates) put_sized(chain, certificate);
    return chain;
  }
  Bytes certificate_of(const Actor& actor) {
    return space.membership().device(actor.id())->certificate;
  }
  Result<VerifiedPeer> verify(const Bytes& chain, const Actor& who, WallTime now = kCheckedAt) {
    return verify_chain(chain, space.founding.space, space.founding.root.public_key,
                        who.keys.noise.public_key, now);
  }
  void expect_refused(const Bytes& chain, const Actor& who, WallTime now = kCheckedAt) {
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
                   other.founding.root.public_key, member.keys.noise.public_key, kCheckedAt);
  EXPECT_FALSE(of_other_root);
}

TEST_F(Chain, BySomebodyWhoMayNotCertifyIsRefused) {
  Actor& friend_of_member = space.stranger();
  for (const Level level : {Level::owner, Level::supervisor, Level::member, Level::courier}) {
    const Bytes by_member = signed_by(member, space.body(member, friend_of_member, level));
    const Bytes chain =
        chain_of({by_member, certificate_of(member), certificate_of(space.owner())});
    expect_refused(chain, friend_of_member);
  }
}

TEST_F(Chain, WithAForgedIssuerIsRefused) {
  Actor& impostor = space.stranger();
  // Names the owner as issuer but is signed by the impostor, followed by the owner's chain.
  const Bytes forged = signed_by(impostor, space.body(space.owner(), impostor, Level::member));
  const Bytes own = signed_by(impostor, space.body(impostor, impostor, Level::member));
  expect_refused(chain_of({forged, certificate_of(space.owner())}), impostor);
  expect_refused(chain_of({own, certificate_of(space.owner())}), impostor);
  expect_refused(chain_of({own, own}), impostor);
}

TEST_F(Chain, EndsAtItsTime) {
  Actor& nurse = space.stranger();
  wire::CertificateBody body = space.body(space.owner(), nurse, Level::member);
  body.not_after_ms = kCheckedAt.ms;
  const Bytes chain = chain_of({signed_by(space.owner(), body), certificate_of(space.owner())});
  EXPECT_TRUE(verify(chain, nurse, kCheckedAt));
  expect_refused(chain, nurse, {kCheckedAt.ms + 1});
}

TEST_F(Chain, EndsWithItsIssuersTime) {
  Actor& locum = space.stranger();
  wire::CertificateBody body = space.body(space.root(), locum, Level::owner);
  body.not_after_ms = kCheckedAt.ms;
  const Bytes issuer = signed_by(space.root(), body);
  Actor& late = space.stranger();
  const Bytes own = signed_by(locum, space.body(locum, late, Level::member));
  EXPECT_TRUE(verify(chain_of({own, issuer}), late, kCheckedAt));
  expect_refused(chain_of({own, issuer}), late, {kCheckedAt.ms + 1});
}

TEST_F(Chain, IsReadUpToItsLimits) {
  const Bytes own = certificate_of(member);
  // Filled up with an unknown field, as a newer version might have.
  const auto with_certificate_of = [&](std::size_t size) {
    Bytes filled = own + "\x7a";  // field 15, length-delimited
    const std::size_t filler = size - filled.size() - 2;
    put_varint(filled, filler);
    filled.append(filler, 'x');
    EXPECT_EQ(filled.size(), size);
    return chain_of({filled, certificate_of(space.owner())});
  };
  EXPECT_TRUE(verify(with_certificate_of(limits::kCertificateBytes), member));
  expect_refused(with_certificate_of(limits::kCertificateBytes + 1), member);
  // The levels allow no valid chain beyond the other limits.
  expect_refused(Bytes(limits::kCertificateChainBytes + 1, '\0'), member);
  expect_refused(chain_of({own, own, own, own, own, own}), member);
}

TEST_F(Chain, WhoseLevelsDoNotFallIsRefused) {
  Actor& one = space.add(space.owner(), Level::supervisor);
  Actor& other = space.stranger();
  for (const Level level : {Level::owner, Level::supervisor}) {
    const Bytes chain = chain_of({signed_by(one, space.body(one, other, level)),
                                  certificate_of(one), certificate_of(space.owner())});
    expect_refused(chain, other);
  }
}

TEST_F(Chain, OfTheDeepestHierarchyFitsItsLimit) {
  Actor& supervisor = space.add(space.owner(), Level::supervisor);
  Actor& courier = space.stranger();
  const Bytes chain =
      chain_of({signed_by(supervisor, space.body(supervisor, courier, Level::courier)),
                certificate_of(supervisor), certificate_of(space.owner())});
  EXPECT_LE(chain.size(), limits::kCertificateChainBytes);
  EXPECT_TRUE(verify(chain, courier));
}

/// Chains as a member checks them, with its membership.
struct KnownChain : Chain {
  bool lets_in(const Membership& membership, const Bytes& chain, const Actor& who,
               WallTime now = kCheckedAt) {
    return verify_chain(chain, membership, who.keys.noise.public_key, now).has_value();
  }
  bool lets_in(const Bytes& chain, const Actor& who) {
    return lets_in(space.membership(), chain, who);
  }
  /// A certificate followed by the chain of its issuer.
  Bytes behind(const Bytes& certificate, const Actor& issuer) {
    return chain_of({certificate}) + *certificate_chain(space.membership(), issuer.id());
  }
};

TEST_F(KnownChain, OfAKnownDeviceIsJudgedByTheMembershipAlone) {
  const Membership membership = space.membership();
  EXPECT_TRUE(lets_in(membership, *certificate_chain(membership, member.id()), member));
  // An older or newer certificate of the same device than the valid one.
  const Bytes raised =
      signed_by(space.owner(), space.body(space.owner(), member, Level::supervisor));
  const auto peer = verify_chain(behind(raised, space.owner()), membership,
                                 member.keys.noise.public_key, kCheckedAt);
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->level, Level::member);
}

TEST_F(KnownChain, OfAKnownDeviceHasTheSameLimits) {
  Bytes chain;
  for (std::size_t i = 0; i < limits::kCertificateChainLength; ++i) {
    put_sized(chain, certificate_of(member));
  }
  ASSERT_LE(chain.size() + certificate_of(member).size() + 2, limits::kCertificateChainBytes);
  EXPECT_TRUE(lets_in(chain, member));
  put_sized(chain, certificate_of(member));
  EXPECT_FALSE(lets_in(chain, member));
  Bytes longest = *certificate_chain(space.membership(), member.id());
  put_sized(longest, Bytes(limits::kCertificateChainBytes, 'x'));
  EXPECT_FALSE(lets_in(longest, member));
}

TEST_F(KnownChain, IsNotNeededByAKnownDeviceUnlessAnotherWasCertifiedWithItsKey) {
  const auto known = [&](const Actor& actor, WallTime now = kCheckedAt) {
    const auto peer = verify_known(space.membership(), actor.keys.noise.public_key, now);
    return peer ? std::optional(peer->device) : std::nullopt;
  };
  EXPECT_EQ(known(member), member.id());
  EXPECT_EQ(known(space.owner()), space.owner().id());
  EXPECT_EQ(known(space.stranger()), std::nullopt);
  Actor& copier = space.stranger();
  copier.keys.noise.public_key = space.owner().keys.noise.public_key;
  space.write(space.owner(),
              space.added(space.owner(), space.body(space.owner(), copier, Level::member)));
  EXPECT_EQ(known(space.owner()), std::nullopt);
  EXPECT_EQ(known(member), member.id());
}

TEST_F(KnownChain, IsNeededByADeviceWhoseTimeIsOver) {
  Actor& guest = space.stranger();
  auto body = space.body(space.owner(), guest, Level::member);
  body.not_after_ms = kCheckedAt.ms;
  space.write(space.owner(), space.added(space.owner(), body));
  const auto known = [&](WallTime now) {
    return verify_known(space.membership(), guest.keys.noise.public_key, now).has_value();
  };
  EXPECT_TRUE(known(WallTime{kCheckedAt.ms - 1}));
  EXPECT_FALSE(known(WallTime{kCheckedAt.ms + 1}));
}

TEST_F(KnownChain, OfAKnownDeviceWithAnotherNoiseKeyIsRefused) {
  Actor moved = member;
  moved.keys.noise = space.stranger().keys.noise;
  const Bytes with_new_key =
      signed_by(space.owner(), space.body(space.owner(), moved, Level::member));
  EXPECT_TRUE(verify(behind(with_new_key, space.owner()), moved)) << "nothing else against it";
  EXPECT_FALSE(lets_in(behind(with_new_key, space.owner()), moved));
}

TEST_F(KnownChain, OfADeviceWhoseKeysClashIsRefusedUntilSettled) {
  Actor& other = space.add(space.root(), Level::owner);
  Actor twin = member;
  twin.keys.noise = crypto::make_dh_key_pair(space.random);
  space.write(other, space.added(other, space.body(other, twin, Level::member)));
  for (const Actor* each : {static_cast<const Actor*>(&member), static_cast<const Actor*>(&twin)}) {
    EXPECT_FALSE(lets_in(*certificate_chain(space.membership(), member.id()), *each));
  }
  wire::record::MemberAdded settled =
      space.added(space.owner(), space.body(space.owner(), member, Level::member));
  settled.cited = {SmallSpace::upto(other)};
  space.write(space.owner(), settled);
  EXPECT_TRUE(lets_in(*certificate_chain(space.membership(), member.id()), member));
  EXPECT_FALSE(lets_in(*certificate_chain(space.membership(), member.id()), twin));
}

TEST_F(KnownChain, OfADeviceThatIsNotKnownYetIsAccepted) {
  const Membership before = space.membership();
  Actor& newcomer = space.add(space.owner(), Level::member);
  const auto chain = certificate_chain(space.membership(), newcomer.id());
  EXPECT_TRUE(lets_in(before, *chain, newcomer));
}

TEST_F(KnownChain, OfADeviceCertifiedBySomebodyWhoMayNotIsRefused) {
  // The issuer claims to be a supervisor by an invalid certificate: the membership knows it as a
  // member.
  const Bytes as_supervisor =
      signed_by(space.owner(), space.body(space.owner(), member, Level::supervisor));
  Actor& newcomer = space.stranger();
  const Bytes own = signed_by(member, space.body(member, newcomer, Level::courier));
  const Bytes chain = chain_of({own, as_supervisor, certificate_of(space.owner())});
  EXPECT_TRUE(verify(chain, newcomer)) << "without a membership nothing speaks against it";
  EXPECT_FALSE(lets_in(chain, newcomer));
}

TEST_F(KnownChain, WhoseCertificateIsNotWhatStandsAtThePlaceItNamesIsRefused) {
  Actor& newcomer = space.stranger();
  const Bytes unwritten =
      signed_by(space.owner(), space.body(space.owner(), newcomer, Level::member));
  EXPECT_TRUE(lets_in(behind(unwritten, space.owner()), newcomer)) << "that place isn't held yet";
  space.write(space.owner(), wire::record::Unknown{});
  EXPECT_FALSE(lets_in(behind(unwritten, space.owner()), newcomer));
}

TEST_F(KnownChain, OfAnIssuerWithTooManyAuthorsIsRefused) {
  Actor& issuer = space.add(space.root(), Level::owner);
  const Bytes issuers = *certificate_chain(space.membership(), issuer.id());
  for (std::size_t i = 0; i < limits::kAuthorsPerDevice; ++i) space.again(issuer);
  Actor& newcomer = space.stranger();
  const Bytes own = signed_by(issuer, space.body(issuer, newcomer, Level::member));
  EXPECT_FALSE(lets_in(chain_of({own}) + issuers, newcomer));
}

TEST_F(KnownChain, EndsWhenTheLastCertificateThatCountsEnds) {
  Actor& nurse = space.stranger();
  wire::CertificateBody body = space.body(space.owner(), nurse, Level::member);
  body.not_after_ms = kCheckedAt.ms;
  space.write(space.owner(), space.added(space.owner(), body));
  const Bytes old_chain = *certificate_chain(space.membership(), nurse.id());
  const WallTime later{kCheckedAt.ms + 1};
  EXPECT_TRUE(lets_in(space.membership(), old_chain, nurse));
  EXPECT_FALSE(lets_in(space.membership(), old_chain, nurse, later));
  body = space.body(space.owner(), nurse, Level::member);
  body.not_after_ms = kCheckedAt.ms + 1000;
  space.write(space.owner(), space.added(space.owner(), body));
  EXPECT_TRUE(lets_in(space.membership(), old_chain, nurse, later))
      << "it doesn't know yet that its time was made longer";
}

TEST_F(KnownChain, OfASignerNeedsNoStaticKeyAndAllTheRest) {
  const Membership membership = space.membership();
  const auto signer =
      verify_chain_of_signer(*certificate_chain(membership, member.id()), membership, kCheckedAt);
  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->signing_key, member.keys.signing.public_key);
  EXPECT_FALSE(verify_chain_of_signer("", membership, kCheckedAt));
  Actor& newcomer = space.stranger();
  const Bytes own = signed_by(member, space.body(member, newcomer, Level::courier));
  EXPECT_FALSE(verify_chain_of_signer(behind(own, member), membership, kCheckedAt));
}

}  // namespace
}  // namespace relais::access

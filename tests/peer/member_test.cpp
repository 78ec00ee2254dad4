#include <gtest/gtest.h>

#include <set>

#include "access/certificate.h"
#include "base/coding.h"
#include "base/limits.h"
#include "peer/authentication.h"
#include "session/session.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {
namespace {

/// Which members are accepted: `a` calls `b`, with configurations that tests change.
class Member : public testing::Test {
 protected:
  Member() { a->write(space.medical, 3, 100); }

  /// Whether the sync succeeded. If not, it must fail without a visible reason.
  bool syncs() {
    PeerLink link(
        Peer::sync(a_config, *a.delegate, space.random, PeerLink::start()),
        Peer::serve(b_config, *b.delegate, space.sessions, space.random, PeerLink::start()));
    link.run();
    const auto result_a = link.a().result();
    const auto result_b = link.b().result();
    EXPECT_EQ(result_a.has_value(), result_b.has_value());
    if (result_a) return true;
    for (const auto* result : {&result_a, &result_b}) {
      EXPECT_EQ(result->error().code(), ErrorCode::handshake_failed);
      EXPECT_EQ(result->error().message(),
                "No secure session could be set up with the other device.");
    }
    EXPECT_EQ(link.b().report().bytes_sent, 0u);
    EXPECT_EQ(b->seq(a->own_log(space.medical)), 0u);
    return false;
  }
  Bytes chain_until(const Actor& actor, WallTime end) {
    auto body = space.control.body(space.control.owner(), actor, access::Level::member);
    body.not_after_ms = end.ms;
    space.control.write(space.control.owner(), space.control.added(space.control.owner(), body));
    return access::certificate_chain(space.control.membership(), actor.id()).value();
  }

  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  SyncConfig a_config = space.sync_config(a);
  ServeConfig b_config = space.serve_config(b);
};

TEST_F(Member, OfTheSpaceIsLetIn) { EXPECT_TRUE(syncs()); }

TEST_F(Member, WhomTheOtherDoesNotKnowYetIsLetInOnItsChain) {
  TestDevice fresh = space.add_member();  // added after b's membership was derived
  ASSERT_EQ(b->membership()->device(fresh.actor->id()), nullptr);
  a_config = space.sync_config(fresh);
  EXPECT_TRUE(syncs());
}

TEST_F(Member, WithoutTheMeshKeyIsNot) {
  a_config.mesh_key = crypto::SymmetricKey::from(space.random.bytes(32));
  EXPECT_FALSE(syncs());
}

/// A member that was away while the mesh key was replaced.
class Straggler : public Member {
 protected:
  Straggler() {
    b_config.old_mesh_keys = b_config.mesh_keys;
    b_config.mesh_keys = {crypto::SymmetricKey::from(space.random.bytes(32))};
  }
};

TEST_F(Straggler, SyncsUnderTheOldMeshKeyAndBothKnowTheirPeer) {
  PeerLink link(
      Peer::sync(a_config, *a.delegate, space.random, PeerLink::start()),
      Peer::serve(b_config, *b.delegate, space.sessions, space.random, PeerLink::start()));
  link.run();
  const auto result_a = link.a().result();
  const auto result_b = link.b().result();
  ASSERT_TRUE(result_a) << result_a.error().message();
  ASSERT_TRUE(result_b) << result_b.error().message();
  EXPECT_EQ(result_a->peer, b.actor->id());
  EXPECT_EQ(result_b->peer, a.actor->id());
  EXPECT_EQ(b->seq(a->own_log(space.medical)), 3u);
}

TEST_F(Straggler, WhomTheOtherDoesNotKnowIsNotLetInOnItsChainAlone) {
  TestDevice fresh = space.add_member();  // added after b's membership was derived
  a_config = space.sync_config(fresh);
  EXPECT_FALSE(syncs());
}

TEST_F(Straggler, RefusesAPeerThatCannotProveItself) {
  b_config.signing = crypto::make_signing_key_pair(space.random).secret_key;
  PeerLink link(
      Peer::sync(a_config, *a.delegate, space.random, PeerLink::start()),
      Peer::serve(b_config, *b.delegate, space.sessions, space.random, PeerLink::start()));
  link.run();
  const auto result = link.a().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::handshake_failed);
  EXPECT_EQ(link.a().report().changes_sent, 0u);
}

/// Accepts everybody, and shows a chain.
struct Careless : session::Authenticator {
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override {
    seen = peer.payload;
    seen_key = peer.static_key;
    return chain;
  }
  Bytes chain;
  Bytes seen;
  crypto::DhPublicKey seen_key;
};

TEST_F(Straggler, WhoHoldsAnOldKeyAndIsNoMemberLearnsNothingOfWhomItCalled) {
  std::set<crypto::DhPublicKey> seen;
  for (const Bytes& chain : {Bytes(), a_config.chain}) {
    const Now now = PeerLink::start();
    Peer peer = Peer::serve(b_config, *b.delegate, space.sessions, space.random, now);
    Careless thief;
    thief.chain = Bytes(1, 0).append(encode_capabilities(0)).append(chain);
    auto session =
        session::Session::initiate({a_config.space, session::Mode::sync, a_config.mesh_key,
                                    crypto::make_dh_key_pair(space.random)},
                                   thief, space.random, now);
    Bytes bytes;
    for (int i = 0; i < 3; ++i) {
      while (session.poll_transmit(now, bytes)) peer.handle_bytes(bytes, now);
      session.handle_bytes(now, peer.poll_transmit(now));
    }
    EXPECT_EQ(thief.seen, "");
    EXPECT_NE(thief.seen_key, b_config.noise.public_key);
    EXPECT_TRUE(seen.insert(thief.seen_key).second) << "the key is of one session alone";
    EXPECT_EQ(session.poll_message(), std::nullopt);
    ASSERT_TRUE(peer.finished());
    EXPECT_EQ(peer.result().error().code(), ErrorCode::handshake_failed);
  }
}

TEST_F(Straggler, SaysNothingBeforeTheOtherHasProvedItself) {
  Peer peer = Peer::sync(a_config, *a.delegate, space.random, PeerLink::start());
  Careless thief;  // answers under the old key, and shows no chain
  session::SessionLimiter sessions;
  auto session = session::Session::respond({a_config.space,
                                            {{a_config.mesh_key, session::Mode::sync, {}}},
                                            crypto::make_dh_key_pair(space.random)},
                                           thief, sessions, space.random, PeerLink::start());
  Bytes bytes;
  for (int i = 0; i < 3; ++i) {
    session.handle_bytes(PeerLink::start(), peer.poll_transmit(PeerLink::start()));
    while (session.poll_transmit(PeerLink::start(), bytes)) {
      peer.handle_bytes(bytes, PeerLink::start());
    }
  }
  EXPECT_EQ(session.state(), session::Session::State::established);
  EXPECT_EQ(session.poll_message(), std::nullopt);
  ASSERT_FALSE(peer.finished());
  Now later = PeerLink::start();
  while (!peer.finished() && peer.deadline()) {
    later.monotonic = std::max(later.monotonic + Duration(1), *peer.deadline());
    peer.handle_timeout(later);
    ASSERT_LT(later.monotonic, PeerLink::start().monotonic + Duration(600'000));
  }
  EXPECT_TRUE(peer.finished()) << "and doesn't wait for ever";
}

TEST_F(Member, CertifiedBySomebodyWhoMayNotIsNot) {
  TestDevice accomplice = space.stranger();
  const auto body = space.control.body(*a.actor, *accomplice.actor, access::Level::courier);
  Bytes chain;
  put_sized(chain, space.control.added(*a.actor, body).certificate);
  chain += a_config.chain;
  a_config.chain = chain;
  a_config.noise = accomplice.actor->keys.noise;
  EXPECT_FALSE(syncs());
}

TEST_F(Member, WithTheSecretOfAnInvitationIsNot) {
  a_config.mesh_key = space.invitation;
  EXPECT_FALSE(syncs());
}

TEST_F(Member, WithoutAChainIsLetInOnlyIfItIsKnown) {
  a_config.chain.clear();
  EXPECT_TRUE(syncs());
}

TEST_F(Member, WithoutAChainIsNotIfItIsUnknown) {
  TestDevice fresh = space.add_member();
  a_config = space.sync_config(fresh);
  a_config.chain.clear();
  EXPECT_FALSE(syncs());
}

TEST_F(Member, WithTheChainOfAnotherIsNot) {
  TestDevice other = space.add_member();
  b->member_of = space.control.membership();
  a_config.chain = space.sync_config(other).chain;
  EXPECT_FALSE(syncs());
}

TEST_F(Member, WithTheStaticKeyOfNobodyIsNot) {
  a_config.noise = crypto::make_dh_key_pair(space.random);
  EXPECT_FALSE(syncs());
}

TEST_F(Member, WhoIsCalledMustProveItselfToo) {
  b_config.noise = crypto::make_dh_key_pair(space.random);
  EXPECT_TRUE(syncs()) << "with its signing key, to who doesn't know its static key";
  b_config.signing = crypto::make_signing_key_pair(space.random).secret_key;
  PeerLink link(
      Peer::sync(a_config, *a.delegate, space.random, PeerLink::start()),
      Peer::serve(b_config, *b.delegate, space.sessions, space.random, PeerLink::start()));
  link.run();
  ASSERT_FALSE(link.a().result());
  EXPECT_EQ(link.a().result().error().code(), ErrorCode::handshake_failed);
}

TEST_F(Member, WhoseTimeIsOverIsNot) {
  const WallTime now = PeerLink::start().wall;
  TestDevice contracted = space.stranger();
  a_config = space.sync_config(a);
  a_config.noise = contracted.actor->keys.noise;
  a_config.chain = chain_until(*contracted.actor, WallTime{now.ms - 1});
  EXPECT_FALSE(syncs());

  TestDevice longer = space.stranger();
  a_config.noise = longer.actor->keys.noise;
  a_config.chain = chain_until(*longer.actor, WallTime{now.ms + 1});
  EXPECT_TRUE(syncs());
}

TEST_F(Member, WhomTheOtherKnowsWithOtherKeysIsNot) {
  Actor twin = *a.actor;  // its signing key, certified again with another static key
  twin.keys.noise = crypto::make_dh_key_pair(space.random);
  const auto added =
      space.control.added(space.control.owner(),
                          space.control.body(space.control.owner(), twin, access::Level::member));
  Bytes chain;
  put_sized(chain, added.certificate);
  Reader known(a_config.chain);  // its own certificate, then the owner's
  known.sized(limits::kCertificateBytes);
  chain += known.rest();
  a_config.chain = chain;
  a_config.noise = twin.keys.noise;
  // The chain is valid for a device that does not know the member,
  ASSERT_TRUE(access::verify_chain(chain, space.control.founding.space,
                                   space.control.founding.root.public_key,
                                   twin.keys.noise.public_key, PeerLink::start().wall));
  EXPECT_FALSE(syncs());  // but not for one that does.
}

TEST_F(Member, IsRefusedByWhoHasNoMembership) {
  b->member_of.reset();
  EXPECT_FALSE(syncs());
}

}  // namespace
}  // namespace relais::peer::test

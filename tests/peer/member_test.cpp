#include <gtest/gtest.h>

#include "access/certificate.h"
#include "base/coding.h"
#include "base/limits.h"
#include "session/session.h"
#include "tests/peer/ward.h"

namespace relais::peer::test {
namespace {

/// Who is let in: `a` calls, `b` is called, both with configurations that a test changes.
class Member : public testing::Test {
 protected:
  Member() { a->write(ward.medical, 3, 100); }

  /// Whether the sync took place. If not: for no reason that shows outside.
  bool meets() {
    Meeting meeting(Peer::sync(a_config, *a.host, ward.random, Meeting::start()),
                    Peer::serve(b_config, *b.host, ward.reception, ward.random, Meeting::start()));
    meeting.run();
    const auto result_a = meeting.a().result();
    const auto result_b = meeting.b().result();
    EXPECT_EQ(result_a.has_value(), result_b.has_value());
    if (result_a) return true;
    for (const auto* result : {&result_a, &result_b}) {
      EXPECT_EQ(result->error().code(), ErrorCode::handshake_failed);
      EXPECT_EQ(result->error().message(), "No secure session came about with the other device.");
    }
    EXPECT_EQ(meeting.b().report().bytes_sent, 0u);
    EXPECT_EQ(b->seq(a->own_log(ward.medical)), 0u);
    return false;
  }
  Bytes chain_until(const Actor& actor, WallTime end) {
    auto body = ward.space.body(ward.space.owner(), actor, access::Level::member);
    body.not_after_ms = end.ms;
    ward.space.write(ward.space.owner(), ward.space.added(ward.space.owner(), body));
    return access::certificate_chain(ward.space.membership(), actor.id()).value();
  }

  Ward ward;
  Tablet a = ward.tablet();
  Tablet b = ward.tablet();
  SyncConfig a_config = ward.sync_config(a);
  ServeConfig b_config = ward.serve_config(b);
};

TEST_F(Member, OfTheSpaceIsLetIn) { EXPECT_TRUE(meets()); }

TEST_F(Member, WhomTheOtherDoesNotKnowYetIsLetInOnItsChain) {
  Tablet fresh = ward.tablet();  // added after b's membership was derived
  ASSERT_EQ(b->membership()->device(fresh.actor->id()), nullptr);
  a_config = ward.sync_config(fresh);
  EXPECT_TRUE(meets());
}

TEST_F(Member, WithoutTheMeshKeyIsNot) {
  a_config.mesh_key = crypto::SymmetricKey::from(ward.random.bytes(32));
  EXPECT_FALSE(meets());
}

TEST_F(Member, WithAnOldMeshKeyIsNotYet) {
  b_config.mesh_keys.insert(b_config.mesh_keys.begin(),
                            crypto::SymmetricKey::from(ward.random.bytes(32)));
  EXPECT_FALSE(meets());
}

/// Lets anybody in, and shows a chain.
struct Careless : session::Authenticator {
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override {
    seen = peer.payload;
    return chain;
  }
  Bytes chain;
  Bytes seen;
};

TEST_F(Member, UnderAnOldMeshKeySeesNoCertificateAndIsRefusedWhateverItShows) {
  b_config.mesh_keys.insert(b_config.mesh_keys.begin(),
                            crypto::SymmetricKey::from(ward.random.bytes(32)));
  const Now now = Meeting::start();
  Peer peer = Peer::serve(b_config, *b.host, ward.reception, ward.random, now);
  Careless careless;
  careless.chain = a_config.chain;
  auto session = session::Session::initiate(
      {a_config.space, session::Mode::sync, a_config.mesh_key, a_config.noise}, careless,
      ward.random, now);
  Bytes bytes;
  for (int i = 0; i < 2; ++i) {
    while (session.poll_transmit(now, bytes)) peer.handle_bytes(bytes, now);
    session.handle_bytes(now, peer.poll_transmit(now));
  }
  EXPECT_EQ(session.state(), session::Session::State::established);
  EXPECT_EQ(careless.seen, "");
  ASSERT_TRUE(peer.finished());
  EXPECT_EQ(peer.result().error().code(), ErrorCode::handshake_failed);
}

TEST_F(Member, WithTheSecretOfAnInvitationIsNot) {
  a_config.mesh_key = ward.invitation;
  EXPECT_FALSE(meets());
}

TEST_F(Member, WithoutAChainIsNot) {
  a_config.chain.clear();
  EXPECT_FALSE(meets());
}

TEST_F(Member, WithTheChainOfAnotherIsNot) {
  a_config.chain = ward.sync_config(b).chain;
  EXPECT_FALSE(meets());
}

TEST_F(Member, WithTheStaticKeyOfNobodyIsNot) {
  a_config.noise = crypto::make_dh_key_pair(ward.random);
  EXPECT_FALSE(meets());
}

TEST_F(Member, WhoIsCalledMustProveItselfToo) {
  b_config.noise = crypto::make_dh_key_pair(ward.random);
  EXPECT_FALSE(meets());
}

TEST_F(Member, WhoseTimeIsOverIsNot) {
  const WallTime now = Meeting::start().wall;
  Tablet contracted = ward.stranger();
  a_config = ward.sync_config(a);
  a_config.noise = contracted.actor->keys.noise;
  a_config.chain = chain_until(*contracted.actor, WallTime{now.ms - 1});
  EXPECT_FALSE(meets());

  Tablet longer = ward.stranger();
  a_config.noise = longer.actor->keys.noise;
  a_config.chain = chain_until(*longer.actor, WallTime{now.ms + 1});
  EXPECT_TRUE(meets());
}

TEST_F(Member, WhomTheOtherKnowsWithOtherKeysIsNot) {
  Actor twin = *a.actor;  // its signing key, certified once more with another static key
  twin.keys.noise = crypto::make_dh_key_pair(ward.random);
  const auto added = ward.space.added(
      ward.space.owner(), ward.space.body(ward.space.owner(), twin, access::Level::member));
  Bytes chain;
  put_sized(chain, added.certificate);
  Reader known(a_config.chain);  // its own certificate, then the owner's
  known.sized(limits::kCertificateBytes);
  chain += known.rest();
  a_config.chain = chain;
  a_config.noise = twin.keys.noise;
  // The chain holds for who doesn't know the device,
  ASSERT_TRUE(access::verify_chain(chain, ward.space.founding.space,
                                   ward.space.founding.root.public_key, twin.keys.noise.public_key,
                                   Meeting::start().wall));
  EXPECT_FALSE(meets());  // and not for who does.
}

TEST_F(Member, IsRefusedByWhoHasNoMembership) {
  b->member_of.reset();
  EXPECT_FALSE(meets());
}

}  // namespace
}  // namespace relais::peer::test

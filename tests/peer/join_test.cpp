#include <gtest/gtest.h>

#include "base/limits.h"
#include "session/session.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {
namespace {

class Join : public testing::Test {
 protected:
  Join() {
    owner->on_admit = [this](const access::JoinRequest& request, std::size_t invitation) {
      EXPECT_EQ(request.signing_key, joiner.actor->keys.signing.public_key);
      EXPECT_EQ(invitation, expected_invitation);
      return Result<Bytes>(space.admit(owner, joiner));
    };
    owner->write(space.medical, 5, 100);
  }
  Peer owner_peer() {
    return Peer::serve(space.serve_config(owner), *owner.delegate, space.sessions, space.random,
                       PeerLink::start());
  }
  Peer joiner_peer(const JoinConfig& config) {
    return Peer::join(config, *joiner.delegate, space.random, PeerLink::start());
  }

  PeerSpace space;
  TestDevice owner = space.owner_device();
  TestDevice joiner = space.stranger();
  std::size_t expected_invitation = 0;
};

/// One side of an invitation, whose messages the test writes.
struct ByHand : session::Authenticator {
  std::optional<Bytes> authenticate(const session::PeerHello&) override { return answer; }
  void exchange(session::Session& session, Peer& peer) {
    const Now now = PeerLink::start();
    for (bool moved = true; moved;) {
      moved = false;
      Bytes bytes;
      while (session.poll_transmit(now, bytes)) peer.handle_bytes(bytes, now), moved = true;
      while (!(bytes = peer.poll_transmit(now)).empty()) {
        session.handle_bytes(now, bytes);
        moved = true;
      }
    }
  }
  Bytes answer;
};

TEST_F(Join, BringsTheCertificateAndAllOfControlAndNoData) {
  PeerLink link(joiner_peer(space.join_config(joiner)), owner_peer());
  link.recording = true;
  link.run();
  const auto a = link.a().result();
  const auto b = link.b().result();
  ASSERT_TRUE(a) << a.error().message();
  ASSERT_TRUE(b) << b.error().message();
  EXPECT_EQ(a->peer, owner.actor->id());
  EXPECT_EQ(b->peer, joiner.actor->id());
  EXPECT_TRUE(a->in_sync && b->in_sync);
  EXPECT_EQ(joiner->control_inventory({}), owner->control_inventory({}));
  EXPECT_EQ(joiner->seq(owner->own_log(space.medical)), 0u);
  const access::Device* device = owner->membership()->device(joiner.actor->id());
  ASSERT_NE(device, nullptr);
  EXPECT_EQ(a->certificate, device->certificate);
  EXPECT_EQ(b->certificate, "");
  // Root's log is sent first: the owner's means nothing without it.
  ASSERT_GE(joiner->arrivals.size(), 2u);
  EXPECT_EQ(joiner->arrivals.front().author, space.control.root().author);
  EXPECT_EQ(joiner->arrivals.back().author, space.control.owner().author);
}

TEST_F(Join, MakesADeviceThatCanSync) {
  PeerLink link(joiner_peer(space.join_config(joiner)), owner_peer());
  link.run();
  ASSERT_TRUE(link.a().result());
  joiner->member_of = space.control.membership();
  joiner->shared = {space.medical};
  const Outcome outcome = sync(space, joiner, owner);
  EXPECT_TRUE(outcome.a.in_sync);
  EXPECT_EQ(joiner->seq(owner->own_log(space.medical)), 5u);
}

TEST_F(Join, CanBeTriedAgainAfterACutAtAnyPlace) {
  for (std::uint64_t cut = 300; cut < 3500; cut += 110) {
    {
      PeerLink link(joiner_peer(space.join_config(joiner)), owner_peer());
      link.portion = 50;
      link.run_until_cut(cut);
    }
    bool admitted = owner->membership()->device(joiner.actor->id()) != nullptr;
    if (admitted) {
      owner->on_admit = [this](const access::JoinRequest&, std::size_t) {
        return Result<Bytes>(owner->membership()->device(joiner.actor->id())->certificate);
      };
    }
  }
  PeerLink link(joiner_peer(space.join_config(joiner)), owner_peer());
  link.run();
  const auto result = link.a().result();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_FALSE(result->certificate.empty());
  EXPECT_EQ(joiner->control_inventory({}), owner->control_inventory({}));
}

TEST_F(Join, UnderTheSecondOfTwoInvitationsNamesIt) {
  ServeConfig config = space.serve_config(owner);
  config.invitations.insert(config.invitations.begin(),
                            crypto::SymmetricKey::from(space.random.bytes(32)));
  expected_invitation = 1;
  PeerLink link(
      joiner_peer(space.join_config(joiner)),
      Peer::serve(config, *owner.delegate, space.sessions, space.random, PeerLink::start()));
  link.run();
  EXPECT_TRUE(link.a().result());
}

TEST_F(Join, RefusedByTheInviterIsToldByItsEndAlone) {
  owner->on_admit = nullptr;  // every invitation is used
  PeerLink link(joiner_peer(space.join_config(joiner)), owner_peer());
  link.run();
  const auto a = link.a().result();
  const auto b = link.b().result();
  ASSERT_FALSE(a);
  ASSERT_FALSE(b);
  EXPECT_EQ(a.error().code(), ErrorCode::invitation_refused);
  EXPECT_EQ(a.error().message(),
            "The invitation was refused: it was used by another device. Ask for a new one.");
  EXPECT_EQ(b.error().code(), ErrorCode::invitation_refused);
  EXPECT_EQ(link.b().report().bytes_sent, 50u);  // END
  EXPECT_TRUE(joiner->everything().empty());
}

TEST_F(Join, CutAtAnyByteIsNeverCalledARefusalAndGoesOnWithTheSameInvitation) {
  std::uint64_t whole = 0;
  {
    PeerLink link(joiner_peer(space.join_config(joiner)), owner_peer());
    link.run();
    ASSERT_TRUE(link.a().result());
    whole = link.crossed;
  }
  owner->on_admit = [this](const access::JoinRequest&, std::size_t) {
    return Result<Bytes>(owner->membership()->device(joiner.actor->id())->certificate);
  };
  std::size_t completed = 0;
  for (std::uint64_t cut = 0; cut < whole; cut += 7) {
    SCOPED_TRACE("cut after " + std::to_string(cut) + " of " + std::to_string(whole));
    TestDevice again{joiner.actor, std::make_unique<FakeDelegate>(space.control.founding.space,
                                                                  *joiner.actor, space.random)};
    PeerLink link(
        Peer::join(space.join_config(joiner), *again.delegate, space.random, PeerLink::start()),
        owner_peer());
    link.portion = 1 + cut % 60;
    link.run_until_cut(cut);
    const auto result = link.a().result();
    if (result) {
      ++completed;
      EXPECT_FALSE(result->certificate.empty());
      continue;
    }
    EXPECT_NE(result.error().code(), ErrorCode::invitation_refused);
    EXPECT_NE(result.error().code(), ErrorCode::peer_misbehaved);
  }
  EXPECT_GT(completed, 0u);  // cut after everything was sent
}

TEST_F(Join, CutBetweenItsLastWordAndTheAnswerSaysThatItMayBeTriedAgain) {
  auto joining = joiner_peer(space.join_config(joiner));
  auto owner_side = owner_peer();
  const Now now = PeerLink::start();
  owner_side.handle_bytes(joining.poll_transmit(now), now);
  joining.handle_bytes(owner_side.poll_transmit(now), now);
  owner_side.handle_bytes(joining.poll_transmit(now), now);  // message 3: the joiner is admitted
  ASSERT_NE(owner->membership()->device(joiner.actor->id()), nullptr);
  joining.handle_link_closed(now);
  const auto result = joining.result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::link_failed);
  EXPECT_EQ(result.error().retry(), Retry::later);
  EXPECT_EQ(result.error().message(),
            "The connection was cut before the other device had answered: join again with the same "
            "invitation.");
}

TEST_F(Join, KeepsNothingOfWhatOneWhoWasRefusedGoesOnToSay) {
  owner->on_admit = nullptr;
  ByHand hand;
  hand.answer = access::encode_join_request(joiner.actor->keys, space.control.founding.space);
  Peer peer = owner_peer();
  auto session =
      session::Session::initiate({space.control.founding.space, session::Mode::invitation,
                                  space.invitation, joiner.actor->keys.noise},
                                 hand, space.random, PeerLink::start());
  hand.exchange(session, peer);
  EXPECT_EQ(session.state(), session::Session::State::ended);
  session.send(Bytes(1000, 'x'));  // not a message
  hand.exchange(session, peer);
  session.finish();
  hand.exchange(session, peer);
  ASSERT_TRUE(peer.finished());
  EXPECT_EQ(peer.result().error().code(), ErrorCode::invitation_refused);
}

TEST_F(Join, WithAWrongSecretEndsInSilence) {
  JoinConfig config = space.join_config(joiner);
  config.invitation = crypto::SymmetricKey::from(space.random.bytes(32));
  PeerLink link(joiner_peer(config), owner_peer());
  link.run();
  ASSERT_FALSE(link.a().result());
  EXPECT_EQ(link.a().result().error().code(), ErrorCode::handshake_failed);
  EXPECT_EQ(link.b().result().error().code(), ErrorCode::handshake_failed);
}

TEST_F(Join, ByAnInviterWhoShowsAnotherSpaceIsRefusedByTheJoiner) {
  PeerSpace other(2);
  ServeConfig config = space.serve_config(owner);
  config.first_record = other.control.founding.first_record;
  PeerLink link(
      joiner_peer(space.join_config(joiner)),
      Peer::serve(config, *owner.delegate, space.sessions, space.random, PeerLink::start()));
  link.run();
  EXPECT_EQ(link.a().result().error().code(), ErrorCode::handshake_failed);
  EXPECT_EQ(owner->membership()->device(joiner.actor->id()), nullptr);
}

TEST_F(Join, ByAnInviterWhoIsNoMemberIsRefusedByTheJoiner) {
  TestDevice stranger = space.stranger();
  ServeConfig config = space.serve_config(owner);
  config.noise = stranger.actor->keys.noise;
  PeerLink link(
      joiner_peer(space.join_config(joiner)),
      Peer::serve(config, *owner.delegate, space.sessions, space.random, PeerLink::start()));
  link.run();
  EXPECT_EQ(link.a().result().error().code(), ErrorCode::handshake_failed);
}

TEST_F(Join, GivesNoDataToAJoinerWhoAsksForIt) {
  ByHand hand;
  hand.answer = access::encode_join_request(joiner.actor->keys, space.control.founding.space);
  Peer peer = owner_peer();
  auto session =
      session::Session::initiate({space.control.founding.space, session::Mode::invitation,
                                  space.invitation, joiner.actor->keys.noise},
                                 hand, space.random, PeerLink::start());
  hand.exchange(session, peer);
  const auto key = reconcile::session_key(session.handshake_hash());
  // Equal control, other data: in a sync, data would be compared now.
  wire::message::Hello hello;
  hello.control = reconcile::root(key, owner->control_inventory({}));
  session.send(wire::encode(hello));
  hand.exchange(session, peer);
  std::size_t messages = 0;
  while (const auto bytes = session.poll_message()) {
    const auto message = wire::decode_message(*bytes);
    ASSERT_TRUE(message);
    EXPECT_TRUE(std::holds_alternative<wire::message::Welcome>(*message));
    ++messages;
  }
  EXPECT_EQ(messages, 1u);
  EXPECT_EQ(session.state(), session::Session::State::ended);
}

TEST_F(Join, EndsWhereTheWelcomeIsNoCertificateOfTheJoinersKeys) {
  const TestDevice other = space.stranger();
  const Bytes others = space.admit(owner, other);
  owner->on_admit = [&](const access::JoinRequest&, std::size_t) { return Result<Bytes>(others); };
  PeerLink link(joiner_peer(space.join_config(joiner)), owner_peer());
  link.run();
  const auto result = link.a().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::peer_misbehaved);
  EXPECT_EQ(result.error().message(),
            "The other device broke the rules of a sync: its welcome has a certificate "
            "of another device.");
}

TEST_F(Join, NeedsTheWelcomeBeforeTheHelloAndOnlyOnce) {
  for (const int welcomes : {0, 2}) {
    ByHand hand;
    Peer peer = joiner_peer(space.join_config(joiner));
    session::SessionLimiter sessions;
    const ServeConfig config = space.serve_config(owner);
    auto session =
        session::Session::respond({config.space,
                                   {{space.invitation, session::Mode::invitation,
                                     access::encode_inviter(config.first_record, config.chain)}},
                                   config.noise},
                                  hand, sessions, space.random, PeerLink::start());
    hand.exchange(session, peer);
    const Bytes certificate = space.admit(owner, joiner);
    for (int i = 0; i < welcomes; ++i) {
      session.send(wire::encode(wire::message::Welcome{certificate}));
    }
    session.send(wire::encode(wire::message::Hello{}));
    hand.exchange(session, peer);
    const auto result = peer.result();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::peer_misbehaved);
    EXPECT_EQ(result.error().message(),
              std::string("The other device broke the rules of a sync: ") +
                  (welcomes == 0 ? "it sent a hello before its welcome."
                                 : "it sent a welcome out of order."));
  }
}

}  // namespace
}  // namespace relais::peer::test

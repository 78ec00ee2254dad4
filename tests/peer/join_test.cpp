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
      return Result<Bytes>(ward.admit(owner, joiner));
    };
    owner->write(ward.medical, 5, 100);
  }
  Peer owner_peer() {
    return Peer::serve(ward.serve_config(owner), *owner.host, ward.sessions, ward.random,
                       PeerLink::start());
  }
  Peer joiner_peer(const JoinConfig& config) {
    return Peer::join(config, *joiner.host, ward.random, PeerLink::start());
  }

  PeerSpace ward;
  Tablet owner = ward.owners_tablet();
  Tablet joiner = ward.stranger();
  std::size_t expected_invitation = 0;
};

/// A session that the test speaks in, on one side of an invitation.
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
  PeerLink meeting(joiner_peer(ward.join_config(joiner)), owner_peer());
  meeting.recording = true;
  meeting.run();
  const auto a = meeting.a().result();
  const auto b = meeting.b().result();
  ASSERT_TRUE(a) << a.error().message();
  ASSERT_TRUE(b) << b.error().message();
  EXPECT_EQ(a->peer, owner.actor->id());
  EXPECT_EQ(b->peer, joiner.actor->id());
  EXPECT_TRUE(a->in_sync && b->in_sync);
  EXPECT_EQ(joiner->control_inventory({}), owner->control_inventory({}));
  EXPECT_EQ(joiner->seq(owner->own_log(ward.medical)), 0u);
  const access::Device* device = owner->membership()->device(joiner.actor->id());
  ASSERT_NE(device, nullptr);
  EXPECT_EQ(a->certificate, device->certificate);
  EXPECT_EQ(b->certificate, "");
  // Root's log comes before the owner's, which means nothing without it.
  ASSERT_GE(joiner->arrivals.size(), 2u);
  EXPECT_EQ(joiner->arrivals.front().author, ward.space.root().author);
  EXPECT_EQ(joiner->arrivals.back().author, ward.space.owner().author);
}

TEST_F(Join, MakesADeviceThatCanSync) {
  PeerLink meeting(joiner_peer(ward.join_config(joiner)), owner_peer());
  meeting.run();
  ASSERT_TRUE(meeting.a().result());
  joiner->member_of = ward.space.membership();
  joiner->shared = {ward.medical};
  const Outcome outcome = meet(ward, joiner, owner);
  EXPECT_TRUE(outcome.a.in_sync);
  EXPECT_EQ(joiner->seq(owner->own_log(ward.medical)), 5u);
}

TEST_F(Join, CanBeTriedAgainAfterACutAtAnyPlace) {
  for (std::uint64_t cut = 300; cut < 3500; cut += 110) {
    {
      PeerLink meeting(joiner_peer(ward.join_config(joiner)), owner_peer());
      meeting.portion = 50;
      meeting.run_until_cut(cut);
    }
    bool admitted = owner->membership()->device(joiner.actor->id()) != nullptr;
    if (admitted) {
      owner->on_admit = [this](const access::JoinRequest&, std::size_t) {
        return Result<Bytes>(owner->membership()->device(joiner.actor->id())->certificate);
      };
    }
  }
  PeerLink meeting(joiner_peer(ward.join_config(joiner)), owner_peer());
  meeting.run();
  const auto result = meeting.a().result();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_FALSE(result->certificate.empty());
  EXPECT_EQ(joiner->control_inventory({}), owner->control_inventory({}));
}

TEST_F(Join, UnderTheSecondOfTwoInvitationsNamesIt) {
  ServeConfig config = ward.serve_config(owner);
  config.invitations.insert(config.invitations.begin(),
                            crypto::SymmetricKey::from(ward.random.bytes(32)));
  expected_invitation = 1;
  PeerLink meeting(joiner_peer(ward.join_config(joiner)),
                   Peer::serve(config, *owner.host, ward.sessions, ward.random, PeerLink::start()));
  meeting.run();
  EXPECT_TRUE(meeting.a().result());
}

TEST_F(Join, RefusedByTheInviterIsToldByItsEndAlone) {
  owner->on_admit = nullptr;  // every invitation is used
  PeerLink meeting(joiner_peer(ward.join_config(joiner)), owner_peer());
  meeting.run();
  const auto a = meeting.a().result();
  const auto b = meeting.b().result();
  ASSERT_FALSE(a);
  ASSERT_FALSE(b);
  EXPECT_EQ(a.error().code(), ErrorCode::invitation_refused);
  EXPECT_EQ(a.error().message(),
            "The invitation was refused: it was used by another device. Ask for a new one.");
  EXPECT_EQ(b.error().code(), ErrorCode::invitation_refused);
  EXPECT_EQ(meeting.b().report().bytes_sent, 50u);  // END
  EXPECT_TRUE(joiner->everything().empty());
}

TEST_F(Join, CutAtAnyByteIsNeverCalledARefusalAndGoesOnWithTheSameInvitation) {
  std::uint64_t whole = 0;
  {
    PeerLink meeting(joiner_peer(ward.join_config(joiner)), owner_peer());
    meeting.run();
    ASSERT_TRUE(meeting.a().result());
    whole = meeting.crossed;
  }
  owner->on_admit = [this](const access::JoinRequest&, std::size_t) {
    return Result<Bytes>(owner->membership()->device(joiner.actor->id())->certificate);
  };
  std::size_t completed = 0;
  for (std::uint64_t cut = 0; cut < whole; cut += 7) {
    SCOPED_TRACE("cut after " + std::to_string(cut) + " of " + std::to_string(whole));
    Tablet again{joiner.actor, std::make_unique<FakeDelegate>(ward.space.founding.space,
                                                              *joiner.actor, ward.random)};
    PeerLink meeting(
        Peer::join(ward.join_config(joiner), *again.host, ward.random, PeerLink::start()),
        owner_peer());
    meeting.portion = 1 + cut % 60;
    meeting.run_until_cut(cut);
    const auto result = meeting.a().result();
    if (result) {
      ++completed;
      EXPECT_FALSE(result->certificate.empty());
      continue;
    }
    EXPECT_NE(result.error().code(), ErrorCode::invitation_refused);
    EXPECT_NE(result.error().code(), ErrorCode::peer_misbehaved);
  }
  EXPECT_GT(completed, 0u);  // cut after all was said
}

TEST_F(Join, CutBetweenItsLastWordAndTheAnswerSaysThatItMayBeTriedAgain) {
  auto joining = joiner_peer(ward.join_config(joiner));
  auto owner_side = owner_peer();
  const Now now = PeerLink::start();
  owner_side.handle_bytes(joining.poll_transmit(now), now);
  joining.handle_bytes(owner_side.poll_transmit(now), now);
  owner_side.handle_bytes(joining.poll_transmit(now), now);  // message 3: it is admitted
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
  hand.answer = access::encode_join_request(joiner.actor->keys, ward.space.founding.space);
  Peer peer = owner_peer();
  auto session = session::Session::initiate({ward.space.founding.space, session::Mode::invitation,
                                             ward.invitation, joiner.actor->keys.noise},
                                            hand, ward.random, PeerLink::start());
  hand.exchange(session, peer);
  EXPECT_EQ(session.state(), session::Session::State::ended);
  session.send(Bytes(1000, 'x'));  // no message at all
  hand.exchange(session, peer);
  session.finish();
  hand.exchange(session, peer);
  ASSERT_TRUE(peer.finished());
  EXPECT_EQ(peer.result().error().code(), ErrorCode::invitation_refused);
}

TEST_F(Join, WithAWrongSecretEndsInSilence) {
  JoinConfig config = ward.join_config(joiner);
  config.invitation = crypto::SymmetricKey::from(ward.random.bytes(32));
  PeerLink meeting(joiner_peer(config), owner_peer());
  meeting.run();
  ASSERT_FALSE(meeting.a().result());
  EXPECT_EQ(meeting.a().result().error().code(), ErrorCode::handshake_failed);
  EXPECT_EQ(meeting.b().result().error().code(), ErrorCode::handshake_failed);
}

TEST_F(Join, ByAnInviterWhoShowsAnotherSpaceIsRefusedByTheJoiner) {
  PeerSpace other(2);
  ServeConfig config = ward.serve_config(owner);
  config.first_record = other.space.founding.first_record;
  PeerLink meeting(joiner_peer(ward.join_config(joiner)),
                   Peer::serve(config, *owner.host, ward.sessions, ward.random, PeerLink::start()));
  meeting.run();
  EXPECT_EQ(meeting.a().result().error().code(), ErrorCode::handshake_failed);
  EXPECT_EQ(owner->membership()->device(joiner.actor->id()), nullptr);
}

TEST_F(Join, ByAnInviterWhoIsNoMemberIsRefusedByTheJoiner) {
  Tablet stranger = ward.stranger();
  ServeConfig config = ward.serve_config(owner);
  config.noise = stranger.actor->keys.noise;
  PeerLink meeting(joiner_peer(ward.join_config(joiner)),
                   Peer::serve(config, *owner.host, ward.sessions, ward.random, PeerLink::start()));
  meeting.run();
  EXPECT_EQ(meeting.a().result().error().code(), ErrorCode::handshake_failed);
}

TEST_F(Join, GivesNoDataToAJoinerWhoAsksForIt) {
  ByHand hand;
  hand.answer = access::encode_join_request(joiner.actor->keys, ward.space.founding.space);
  Peer peer = owner_peer();
  auto session = session::Session::initiate({ward.space.founding.space, session::Mode::invitation,
                                             ward.invitation, joiner.actor->keys.noise},
                                            hand, ward.random, PeerLink::start());
  hand.exchange(session, peer);
  const auto key = reconcile::session_key(session.handshake_hash());
  // The same control, other data: were it a sync, data would be compared now.
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
  const Tablet other = ward.stranger();
  const Bytes others = ward.admit(owner, other);
  owner->on_admit = [&](const access::JoinRequest&, std::size_t) { return Result<Bytes>(others); };
  PeerLink meeting(joiner_peer(ward.join_config(joiner)), owner_peer());
  meeting.run();
  const auto result = meeting.a().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::peer_misbehaved);
  EXPECT_EQ(result.error().message(),
            "The other device broke the rules of a sync: its welcome isn't a certificate of this "
            "device.");
}

TEST_F(Join, NeedsTheWelcomeBeforeTheHelloAndOnlyOnce) {
  for (const int welcomes : {0, 2}) {
    ByHand hand;
    Peer peer = joiner_peer(ward.join_config(joiner));
    session::SessionLimiter sessions;
    const ServeConfig config = ward.serve_config(owner);
    auto session =
        session::Session::respond({config.space,
                                   {{ward.invitation, session::Mode::invitation,
                                     access::encode_inviter(config.first_record, config.chain)}},
                                   config.noise},
                                  hand, sessions, ward.random, PeerLink::start());
    hand.exchange(session, peer);
    const Bytes certificate = ward.admit(owner, joiner);
    for (int i = 0; i < welcomes; ++i) {
      session.send(wire::encode(wire::message::Welcome{certificate}));
    }
    session.send(wire::encode(wire::message::Hello{}));
    hand.exchange(session, peer);
    const auto result = peer.result();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::peer_misbehaved);
    EXPECT_EQ(
        result.error().message(),
        std::string("The other device broke the rules of a sync: ") +
            (welcomes == 0 ? "no welcome came before its hello." : "a welcome out of place."));
  }
}

}  // namespace
}  // namespace relais::peer::test

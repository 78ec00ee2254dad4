#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/hostile_peer.h"

/// Pieces whose changes are compressed together, and the way back to those that are not.
namespace relais::peer::test {
namespace {

using wire::message::Ack;
using wire::message::Done;

std::uint64_t bytes_of(const Report& report) { return report.bytes_sent + report.bytes_received; }

class JointPieces : public testing::Test {
 protected:
  void write(TestDevice& device, int changes) {
    for (int i = 0; i < changes; ++i) {
      device->write_text(space.medical, "The same words again, in change " + std::to_string(i));
    }
  }
  /// Both have met before.
  void remember_each_other() {
    acquaint(space, {&a, &b});
    a->write(space.medical, 1, 100);
    b->write(space.medical, 1, 100);
    sync(space, a, b);
    a->joined = b->joined = 0;
  }
  bool same() { return a->everything() == b->everything(); }
  Outcome in_sync() {
    Outcome outcome = sync(space, a, b);
    EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync && same());
    return outcome;
  }

  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
};

TEST_F(JointPieces, TakeFewerBytesBothWays) {
  write(a, 300);
  write(b, 300);
  const Outcome joint = in_sync();
  EXPECT_GT(a->joined, 0u);
  EXPECT_GT(b->joined, 0u);
  EXPECT_EQ(joint.a.changes_sent, 300u);
  std::size_t blocks = 0;
  for (TestDevice* device : {&a, &b}) {
    for (const Bytes& block : (*device)->blocks((*device)->own_log(space.medical))) {
      blocks += block.size();
    }
  }
  EXPECT_LT(bytes_of(joint.a), blocks / 2);
}

TEST_F(JointPieces, AlsoComeWithHello) {
  remember_each_other();
  write(a, 20);
  EXPECT_EQ(in_sync().a.round_trips, 1u);
  EXPECT_GT(a->joined, 0u);
}

TEST_F(JointPieces, OfALogThatIsKnownToBeForkedAreNotSent) {
  write(a, 5);
  a->proven[a->own_log(space.medical)] = {};
  sync(space, a, b);
  EXPECT_EQ(a->joined, 0u);
}

TEST_F(JointPieces, AreNotSentToWhoPacksInAnotherWay) {
  write(a, 20);
  write(b, 20);
  SyncConfig caller = space.sync_config(a);
  caller.packer += 1;
  PeerLink link(Peer::sync(caller, *a.delegate, space.random, PeerLink::start()),
                Peer::serve(space.serve_config(b), *b.delegate, space.sessions, space.random,
                            PeerLink::start()));
  link.run();
  EXPECT_TRUE(link.a().result().value().in_sync && same());
  EXPECT_GT(a->joined, 0u) << "its peer restores them";
  EXPECT_EQ(b->joined, 0u);
}

/// How many changes each side has for the other.
class Unrestorable : public JointPieces, public testing::WithParamInterface<std::pair<int, int>> {};

TEST_P(Unrestorable, PiecesAreSentAgainAsTheyAre) {
  a->restores = b->restores = false;
  write(a, GetParam().first);
  write(b, GetParam().second);
  const Outcome outcome = in_sync();
  EXPECT_EQ(outcome.a.changes_sent, static_cast<std::uint64_t>(GetParam().first));
  EXPECT_EQ(outcome.b.changes_sent, static_cast<std::uint64_t>(GetParam().second));
}

TEST_P(Unrestorable, PiecesWithHelloAreSentAgainAsTheyAre) {
  remember_each_other();
  a->restores = b->restores = false;
  write(a, GetParam().first);
  write(b, GetParam().second);
  const Outcome outcome = in_sync();
  EXPECT_EQ(outcome.a.changes_sent, static_cast<std::uint64_t>(GetParam().first));
  EXPECT_EQ(outcome.b.changes_sent, static_cast<std::uint64_t>(GetParam().second));
}

// Of 3 000 changes a part is in flight, and none comes with Hello after the first 16 KiB.
INSTANTIATE_TEST_SUITE_P(Changes, Unrestorable,
                         testing::Values(std::pair{1, 0}, std::pair{0, 1}, std::pair{1, 1},
                                         std::pair{3000, 0}, std::pair{0, 3000},
                                         std::pair{3000, 3000}));

/// A member with a modified program that packs as the victim does.
class HostileJoint : public JointPieces {
 protected:
  HostileJoint() { acquaint(space, {&a, &b}); }
  void reach_transfer() {
    attacker.emplace(space, a, b, true, log::current_packer());
    attacker->reach_transfer();
  }
  wire::message::Piece joint_piece(std::uint64_t after) {
    wire::message::Piece piece = attacker->piece(log(), after, 1);
    piece.entries = *a->join(log(), after, piece.entries, log::current_packer());
    piece.joint = true;
    return piece;
  }
  log::LogId log() { return a->own_log(space.medical); }
  /// The acknowledgements that ask for the attacker's log as it is.
  std::size_t asked() {
    std::size_t asked = 0;
    for (const wire::Message& message : attacker->take_messages()) {
      const auto* ack = std::get_if<Ack>(&message);
      if (ack == nullptr) continue;
      for (const Ack::Stored& stored : ack->logs) asked += stored.verbatim ? 1 : 0;
    }
    return asked;
  }
  void expect_rejected(std::string_view what) {
    attacker->expect_rejected(
        std::string("The other device broke the rules of a sync: ").append(what));
  }

  std::optional<HostilePeer> attacker;
};

TEST_F(HostileJoint, APieceThatRestoresOtherBlocksIsAskedForOnceAndNotStored) {
  for (int i = 0; i < 3; ++i) a->write(space.medical, 1, limits::kBytesBetweenHeads);
  reach_transfer();
  wire::message::Piece altered = joint_piece(0);
  altered.entries.back() = static_cast<char>(altered.entries.back() ^ 1);
  attacker->send(altered);
  EXPECT_EQ(asked(), 1u);
  attacker->send(joint_piece(0));
  attacker->send(joint_piece(1));
  attacker->send(attacker->piece(log(), 1, 1));
  EXPECT_EQ(asked(), 0u);
  EXPECT_EQ(b->seq(log()), 0u);
  attacker->send(attacker->piece(log(), 0, 1));
  EXPECT_EQ(b->seq(log()), 1u);
  attacker->send(joint_piece(1));
  expect_rejected("it sent a joint piece of a log that it was asked for as it is.");
  EXPECT_EQ(b->seq(log()), 1u);
}

TEST_F(HostileJoint, TheFirstPieceIsAcknowledgedAtOnce) {
  for (int i = 0; i < 2; ++i) a->write(space.medical, 1, limits::kBytesBetweenHeads);
  reach_transfer();
  attacker->send(joint_piece(0));
  EXPECT_EQ(attacker->take_one<Ack>().logs.at(0).stored, 1u);
  attacker->send(joint_piece(1));
  EXPECT_TRUE(attacker->take_one<Ack>().logs.empty());
}

TEST_F(HostileJoint, ASealInPlaceOfTheLogThatWasAskedForLeavesItOut) {
  write(a, 1);
  reach_transfer();
  b->restores = false;
  attacker->send(joint_piece(0));
  attacker->send(wire::message::Seal{a->seals(log(), 0).front()});
  EXPECT_FALSE(attacker->victim().finished());
  const Ack ack = attacker->take_one<Ack>();
  ASSERT_EQ(ack.logs.size(), 1u);
  attacker->send(Done{false, reconcile::root(attacker->key(), b->everything()), 1});
  attacker->end();
  ASSERT_TRUE(attacker->victim().result());
  EXPECT_FALSE(attacker->victim().result()->in_sync);
  EXPECT_EQ(attacker->victim().result()->refused, std::vector<log::LogId>{log()});
  EXPECT_TRUE(attacker->victim().result()->forked.empty());
}

TEST_F(HostileJoint, ManyLogsThatCannotBeRestoredAreTriedAFewTimes) {
  std::size_t tried = 0;
  for (std::size_t i = 0; i < limits::kUnrestoredPieces + 4; ++i) {
    TestDevice other = space.add_member();
    write(other, 1);
    a->adopt(*other.delegate);
  }
  acquaint(space, {&a, &b});
  attacker.emplace(space, a, b, true, log::current_packer());
  attacker->reach_transfer();
  b->on_split = [&] { ++tried; };
  std::size_t sent = 0;
  for (const auto& [compartment, heads] : a->everything()) {
    if (compartment != space.medical) continue;
    for (const auto& [author, head] : heads) {
      wire::message::Piece piece = attacker->piece({compartment, author}, 0, 1);
      piece.entries = "nonsense";
      piece.joint = true;
      attacker->send(piece);
      ++sent;
    }
  }
  EXPECT_EQ(sent, limits::kUnrestoredPieces + 4);
  EXPECT_EQ(tried, limits::kUnrestoredPieces);
  EXPECT_EQ(asked(), sent);
}

TEST_F(HostileJoint, ADoneBeforeTheBlocksThatWereAskedForIsPassedOver) {
  write(a, 1);
  reach_transfer();
  b->restores = false;
  attacker->send(joint_piece(0));
  attacker->send(Done{false, {}, 0});
  EXPECT_FALSE(attacker->victim().finished());
  attacker->send(attacker->piece(log(), 0, 1));
  EXPECT_EQ(b->seq(log()), 1u);
  EXPECT_FALSE(attacker->victim().finished());
}

TEST_F(HostileJoint, WhoAsksTwiceForALogAsItIsBreaksTheRules) {
  write(b, 3);
  attacker.emplace(space, a, b, true, log::current_packer());
  attacker->reach_transfer();
  const auto ask = [&] {
    attacker->send(Ack{{{attacker->number_of(b->own_log(space.medical)), 0, 0, false, true}}});
  };
  ask();
  EXPECT_FALSE(attacker->victim().finished());
  ask();
  expect_rejected("it asked for a log as it is that was sent so.");
}

TEST_F(HostileJoint, WhoSaidNoPackerMayNotAskForALogAsItIs) {
  write(b, 3);
  attacker.emplace(space, a, b, true);
  attacker->reach_transfer();
  attacker->send(Ack{{{attacker->number_of(b->own_log(space.medical)), 0, 0, false, true}}});
  expect_rejected("it asked for a log as it is that was sent so.");
}

}  // namespace
}  // namespace relais::peer::test

#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/hostile_peer.h"

namespace relais::peer::test {
namespace {

using wire::message::Hello;
using wire::message::Piece;
using wire::message::Vectors;
using Kind = Vectors::Kind;

/// A caller that lies with what it sends together with its Hello. The two have synced before, and
/// remember it; since then the caller has written 2 changes.
class HostileEarly : public testing::Test {
 protected:
  HostileEarly() {
    acquaint(space, {&own, &victim});
    own->write(space.medical, 1, 100);
    victim->write(space.medical, 1, 100);
    sync(space, own, victim);
    own->write(space.medical, 2, 100);
    attacker.emplace(space, own, victim, true);
  }
  SyncDelegate::Memory memory() { return *own->memory(victim.actor->id()); }
  /// A Hello that names the checkpoint of both.
  Hello honest_hello() {
    Hello hello;
    hello.control = reconcile::root(attacker->key(), own->control_inventory({}));
    hello.data = reconcile::root(attacker->key(), own->data_inventory({}));
    hello.checkpoint = reconcile::tag(attacker->key(), memory().checkpoint);
    hello.opens = true;
    return hello;
  }
  void hello(bool true_checkpoint = true) {
    Hello hello = honest_hello();
    if (!true_checkpoint) hello.checkpoint->data()[0] ^= 1;
    attacker->send(hello);
  }
  Vectors changes() {
    Vectors vectors =
        reconcile::changes(attacker->key(), own->data_inventory({}), memory().changed).value();
    vectors.early = true;
    return vectors;
  }
  Piece piece(std::uint64_t after) {
    Piece piece = attacker->piece(log(), after);
    piece.log = 0;
    piece.early = true;
    return piece;
  }
  void expect_rejected(std::string_view what) {
    attacker->expect_rejected(
        std::string("The other device broke the rules of a sync: ").append(what));
  }
  log::LogId log() { return own->own_log(space.medical); }
  /// Whether the victim sent a message of a kind.
  template <class Message>
  bool heard() {
    for (const wire::Message& message : attacker->take_messages()) {
      if (std::holds_alternative<Message>(message)) return true;
    }
    return false;
  }

  PeerSpace space;
  TestDevice own = space.add_member();
  TestDevice victim = space.add_member();
  std::optional<HostilePeer> attacker;
};

TEST_F(HostileEarly, APieceThatDoesNotContinueTheLogIsPassedOverWithAllThatFollow) {
  hello();
  attacker->send(changes());
  attacker->send(piece(0));
  attacker->send(piece(1));
  EXPECT_FALSE(attacker->victim().finished());
  EXPECT_EQ(victim->seq(log()), 1u);
}

TEST_F(HostileEarly, VectorsAndPiecesUnderAnotherCheckpointArePassedOver) {
  hello(false);
  attacker->send(changes());
  attacker->send(piece(1));
  EXPECT_FALSE(attacker->victim().finished());
  EXPECT_EQ(victim->seq(log()), 1u);
  EXPECT_TRUE(heard<Vectors>()) << "it opens the comparison itself";
}

TEST_F(HostileEarly, APieceOfALogThatTheChangesDoNotNameIsRefused) {
  hello();
  attacker->send(changes());
  Piece other = piece(1);
  other.log = 1;
  attacker->send(other);
  expect_rejected("it sent a piece of a log that it had not announced.");
}

TEST_F(HostileEarly, WithAChangeOfALogThatItDoesNotHoldIsRefused) {
  hello();
  Vectors empty = changes();
  empty.vectors[0].logs[0].seq = 0;
  attacker->send(empty);
  attacker->expect_rejected("The other device sent a bad vector: it names an empty log.");
}

TEST_F(HostileEarly, WithTooManyChangesIsRefused) {
  hello();
  Vectors many = changes();
  many.vectors[0].logs.clear();
  for (std::uint32_t i = 0; i <= limits::kEarlyChanges; ++i) {
    auto& log = many.vectors[0].logs.emplace_back();
    log.author.data()[0] = static_cast<std::uint8_t>(i >> 8);
    log.author.data()[1] = static_cast<std::uint8_t>(i);
    log.seq = 1;
  }
  attacker->send(many);
  expect_rejected("it sent too many changes.");
}

TEST_F(HostileEarly, WithTooManyMessagesIsRefused) {
  hello(false);
  for (std::size_t i = 0; i < limits::kEarlyMessages; ++i) attacker->send(piece(1));
  EXPECT_FALSE(attacker->victim().finished());
  attacker->send(piece(1));
  expect_rejected("it sent too much with its hello.");
}

TEST_F(HostileEarly, AfterOtherMessagesIsRefused) {
  hello(false);
  attacker->vectors();
  attacker->send(piece(1));
  expect_rejected("it sent too much with its hello.");
}

TEST_F(HostileEarly, AfterAnAcknowledgementIsRefused) {
  hello();
  attacker->send_together({changes(), wire::message::Ack{}, piece(1)});
  expect_rejected("it sent too much with its hello.");
}

TEST_F(HostileEarly, WithAHelloThatDoesNotOpenIsPassedOver) {
  Hello hello = honest_hello();
  hello.opens = false;
  attacker->send_together({hello, changes(), piece(1)});
  EXPECT_FALSE(attacker->victim().finished());
  EXPECT_EQ(victim->seq(log()), 1u);
}

TEST_F(HostileEarly, ByWhoIsCalledIsRefused) {
  HostilePeer called(space, own, victim, false);
  called.hello();
  Vectors early;
  early.kind = Kind::differences;
  early.early = true;
  called.send(early);
  called.expect_rejected(
      "The other device broke the rules of a sync: it sent a message out of order.");
}

// The victim compares everything, and believes the liar no checkpoint afterwards.
TEST_F(HostileEarly, ChangesThatDoNotLeadToTheRootOfTheHelloEndInAFullComparison) {
  Hello hello = honest_hello();
  hello.data = {};
  attacker->send(hello);
  attacker->send(changes());
  attacker->send(piece(1));
  EXPECT_EQ(victim->seq(log()), 3u) << "what is signed is kept";
  attacker->send(wire::message::Done{});
  EXPECT_FALSE(attacker->victim().finished());
  EXPECT_TRUE(victim->memories.empty());
  attacker->hello();
  attacker->end();
  ASSERT_TRUE(attacker->victim().result());
  EXPECT_TRUE(attacker->victim().result()->in_sync);
}

TEST_F(HostileEarly, ChangesThatArriveWithAHelloOfAnotherRootAreNotAnsweredWithEnd) {
  for (const bool honest : {true, false}) {
    attacker.emplace(space, own, victim, true);
    Hello hello = honest_hello();
    if (!honest) hello.data.data()[0] ^= 1;
    attacker->send_together({hello, changes(), piece(victim->seq(log()))});
    EXPECT_EQ(victim->seq(log()), 3u);
    EXPECT_EQ(victim->durable_seq(log()), 3u);
    EXPECT_EQ(heard<Hello>(), !honest);
    EXPECT_EQ(attacker->victim().report().in_sync, honest);
    if (honest) victim->roll_back(log(), 1);
    if (honest) victim->memories.begin()->second = own->memories.begin()->second;
  }
}

}  // namespace
}  // namespace relais::peer::test

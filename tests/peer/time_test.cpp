#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/hostile_peer.h"

namespace relais::peer::test {
namespace {

using wire::message::Ack;

class Time : public testing::Test {
 protected:
  /// A victim that expects `changes` announced changes.
  void start(int changes, std::size_t bytes) {
    for (int i = 0; i < changes; ++i) own->write(space.medical, 1, bytes);
    attacker.emplace(space, own, victim, true);
    attacker->reach_transfer();
  }
  void send(std::uint64_t after) { attacker->send(attacker->piece(log(), after, 1)); }
  log::LogId log() const { return {space.medical, own.actor->author}; }
  std::vector<Ack::Stored> acks() {
    std::vector<Ack::Stored> all;
    for (const auto& message : attacker->take_messages()) {
      if (const auto* ack = std::get_if<Ack>(&message)) {
        all.insert(all.end(), ack->logs.begin(), ack->logs.end());
      }
    }
    return all;
  }

  PeerSpace space;
  TestDevice own = space.add_member();
  TestDevice victim = space.add_member();
  std::optional<HostilePeer> attacker;
};

TEST_F(Time, APieceIsAcknowledgedAsStoredSoonAndAsDurableInABatch) {
  start(5, 17'000);
  send(0);
  EXPECT_TRUE(acks().empty());
  attacker->wait(limits::kAckTime - Duration(1), Duration(1));
  EXPECT_TRUE(acks().empty());
  attacker->wait(Duration(1));
  auto heard = acks();
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].stored, 1u);
  EXPECT_EQ(heard[0].durable, 0u);
  EXPECT_EQ(victim->durable_seq(log()), 0u);
  attacker->wait(limits::kCommitBatchTime - limits::kAckTime - Duration(1), Duration(1));
  EXPECT_TRUE(acks().empty());
  attacker->wait(Duration(1));
  heard = acks();
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].durable, 1u);
  EXPECT_EQ(victim->durable_seq(log()), 1u);
}

TEST_F(Time, HalfAWindowIsAcknowledgedAtOnce) {
  start(5, 17'000);
  for (const std::uint64_t after : {0, 1, 2}) send(after);
  EXPECT_TRUE(acks().empty());
  send(3);
  const auto heard = acks();
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].stored, 4u);
}

TEST_F(Time, ABatchOfBytesIsMadeDurableAtOnce) {
  start(80, 17'000);
  std::uint64_t after = 0;
  for (std::size_t bytes = 0; bytes < limits::kCommitBatchBytes - 40'000; bytes += 17'000) {
    send(after++);
  }
  EXPECT_EQ(victim->durable_seq(log()), 0u);
  for (int i = 0; i < 3; ++i) send(after++);
  EXPECT_GT(victim->durable_seq(log()), after - 3);
  EXPECT_GT(acks().back().durable, after - 3);
}

TEST_F(Time, WithoutAnAnswerToTheHandshakeItGivesUp) {
  Peer peer =
      Peer::sync(space.sync_config(victim), *victim.delegate, space.random, PeerLink::start());
  ASSERT_TRUE(peer.deadline());
  EXPECT_EQ(*peer.deadline(), PeerLink::start().monotonic + limits::kHandshakeTime);
  Now now = PeerLink::start();
  now.monotonic = *peer.deadline();
  peer.handle_timeout(now);
  ASSERT_TRUE(peer.finished());
  EXPECT_EQ(peer.result().error().code(), ErrorCode::timed_out);
  EXPECT_FALSE(peer.deadline());
}

TEST_F(Time, WithAPeerThatKeepsSilentItGivesUp) {
  start(5, 17'000);
  Now now = PeerLink::start();
  for (int i = 0; i < 100 && !attacker->victim().finished(); ++i) {
    ASSERT_TRUE(attacker->victim().deadline());
    now.monotonic = std::max(now.monotonic, *attacker->victim().deadline());
    attacker->victim().handle_timeout(now);
    while (!attacker->victim().poll_transmit(now).empty()) {
    }
  }
  ASSERT_TRUE(attacker->victim().finished());
  EXPECT_EQ(attacker->victim().result().error().code(), ErrorCode::timed_out);
  EXPECT_LE(now.monotonic, PeerLink::start().monotonic + limits::kIdleTime);
}

TEST_F(Time, WithAPeerThatOnlyKeepsAliveItGivesUpToo) {
  start(5, 17'000);
  attacker->wait(limits::kStallTime - Duration(1000));
  EXPECT_FALSE(attacker->victim().finished());
  attacker->wait(Duration(2000));
  ASSERT_TRUE(attacker->victim().finished());
  const auto result = attacker->victim().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::timed_out);
  EXPECT_EQ(result.error().message(), "The other device made no progress for too long.");
}

TEST_F(Time, ProgressMadeInTimeKeepsASyncAlive) {
  start(5, 17'000);
  for (std::uint64_t after = 0; after < 4; ++after) {
    attacker->wait(limits::kStallTime - Duration(1000));
    send(after);
  }
  EXPECT_FALSE(attacker->victim().finished());
}

}  // namespace
}  // namespace relais::peer::test

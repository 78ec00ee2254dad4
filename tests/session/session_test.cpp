#include "session/session.h"

#include <gtest/gtest.h>

#include "session/pair.h"

namespace relais::session {
namespace {

using State = Session::State;
using test::Pair;

std::vector<Bytes> some_messages(Pair& pair, int count) {
  std::vector<Bytes> messages;
  for (int i = 0; i < count; ++i) {
    const std::size_t limit = i % 7 == 0 ? 100000 : 200;
    messages.push_back(pair.random.bytes(1 + pair.random.below(limit)));
  }
  return messages;
}

TEST(Session, MessagesArriveWholeInOrderBothWaysInAnyPortions) {
  for (const std::size_t portion : {1u, 2u, 3u, 7u, 100u, 65537u, 1000000u}) {
    Pair pair(portion);
    pair.connect();
    const auto from_a = some_messages(pair, 30);
    const auto from_b = some_messages(pair, 30);
    for (const Bytes& message : from_a) pair.a->send(message);
    for (const Bytes& message : from_b) pair.b->send(message);
    pair.drive(portion);
    EXPECT_EQ(pair.received_by(*pair.b), from_a) << portion;
    EXPECT_EQ(pair.received_by(*pair.a), from_b) << portion;
  }
}

TEST(Session, MessagesArriveInRandomPortions) {
  Pair pair;
  pair.connect();
  for (int round = 0; round < 20; ++round) {
    const auto sent = some_messages(pair, 20);
    for (const Bytes& message : sent) pair.a->send(message);
    const Bytes wire = pair.written_by(*pair.a);
    for (std::size_t at = 0; at < wire.size();) {
      const std::size_t size = 1 + pair.random.below(pair.random.below(2) == 0 ? 5 : 40000);
      pair.give(*pair.b, BytesView(wire).substr(at, size));
      at += size;
    }
    ASSERT_EQ(pair.received_by(*pair.b), sent);
  }
}

TEST(Session, CountsEveryByteOfTheWire) {
  Pair pair;
  pair.connect();
  const std::uint64_t before = pair.a->counters().bytes_sent;
  pair.a->send("hello");
  pair.a->send(Bytes(100000, 'x'));
  const Bytes wire = pair.written_by(*pair.a);
  pair.give(*pair.b, wire);
  EXPECT_EQ(pair.a->counters().bytes_sent, before + wire.size());
  EXPECT_EQ(pair.b->counters().bytes_received, before + wire.size());
  EXPECT_EQ(pair.a->counters().handshake_bytes, pair.b->counters().handshake_bytes);
}

TEST(Session, ATinyMessageCostsFiftyBytes) {
  Pair pair;
  pair.connect();
  pair.a->send(Bytes(28, 'x'));
  EXPECT_EQ(pair.written_by(*pair.a).size(), 50u);
}

TEST(Session, GivesBytesInBatchesOfBoundedSize) {
  Pair pair;
  pair.connect();
  for (int i = 0; i < 4; ++i) pair.a->send(Bytes(limits::kMessageBytes, 'x'));
  EXPECT_EQ(pair.a->queued_bytes(), 4 * limits::kMessageBytes);
  Bytes batch;
  int batches = 0;
  while (pair.a->poll_transmit(pair.now, batch)) {
    EXPECT_LE(batch.size(), Session::kBatchBytes + kFullPlainBytes + 100);
    pair.give(*pair.b, batch);
    ++batches;
  }
  EXPECT_GT(batches, 25);
  EXPECT_EQ(pair.received_by(*pair.b), std::vector<Bytes>(4, Bytes(limits::kMessageBytes, 'x')));
  EXPECT_EQ(pair.a->queued_bytes(), 0u);
}

TEST(Session, NothingOfAMessageCanBeSeenOnTheWire) {
  Pair pair;
  pair.connect();
  const Bytes canary = "canary-canary-canary";
  Bytes long_message;
  while (long_message.size() < 100000) long_message += canary;
  pair.a->send(canary);
  pair.a->send(long_message);
  EXPECT_EQ(pair.written_by(*pair.a).find("canary"), Bytes::npos);
}

TEST(Session, TheSameMessageNeverLooksTheSameTwice) {
  Pair pair;
  pair.connect();
  pair.a->send("hello");
  const Bytes first = pair.written_by(*pair.a);
  pair.a->send("hello");
  EXPECT_NE(pair.written_by(*pair.a), first);
}

TEST(Session, RekeysCrossEachOtherWithoutLoss) {
  Pair pair;
  pair.connect();
  for (int round = 0; round < 5; ++round) {
    pair.a->send("from a");
    pair.b->send("from b");
    const Bytes old_a = pair.written_by(*pair.a);
    const Bytes old_b = pair.written_by(*pair.b);
    pair.now.monotonic += limits::kTimeBetweenRekeys;
    pair.a->send("from a, new key");
    pair.b->send("from b, new key");
    const Bytes new_a = pair.written_by(*pair.a);
    const Bytes new_b = pair.written_by(*pair.b);
    EXPECT_EQ(new_a.size(), 100u);  // rekey, message
    pair.give(*pair.b, old_a + new_a);
    pair.give(*pair.a, old_b + new_b);
    EXPECT_EQ(pair.received_by(*pair.b), (std::vector<Bytes>{"from a", "from a, new key"}));
    EXPECT_EQ(pair.received_by(*pair.a), (std::vector<Bytes>{"from b", "from b, new key"}));
  }
}

TEST(Session, RekeysByCountWhileInUse) {
  Pair pair;
  pair.connect();
  for (std::uint64_t i = 0; i < 2 * limits::kFramesBetweenRekeys + 10; ++i) {
    pair.a->send("x");
    pair.give(*pair.b, pair.written_by(*pair.a));
    ASSERT_EQ(pair.b->poll_message(), "x") << i;
  }
}

TEST(Session, AMillionGarbageBytesInsteadOfAFrameAreNotKept) {
  Pair pair;
  pair.connect();
  pair.give(*pair.b, pair.random.bytes(1'000'000));
  pair.give(*pair.b, pair.random.bytes(1'000'000));
  EXPECT_EQ(pair.b->state(), State::failed);
  EXPECT_LE(pair.b->counters().bytes_received, 70'000u + pair.a->counters().bytes_sent);
}

}  // namespace
}  // namespace relais::session

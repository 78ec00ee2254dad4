#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/hostile_peer.h"

namespace relais::peer::test {
namespace {

void expect_same(TestDevice& a, TestDevice& b) {
  EXPECT_EQ(a->everything(), b->everything());
  for (const auto& [compartment, heads] : a->everything()) {
    for (const auto& [author, head] : heads) {
      EXPECT_EQ(a->blocks({compartment, author}), b->blocks({compartment, author}));
      EXPECT_EQ(b->durable_seq({compartment, author}), head.seq);
      EXPECT_EQ(a->durable_seq({compartment, author}), head.seq);
    }
  }
}

TEST(Sync, OfTwoThatHoldTheSameTakesOneRoundTripAndFewBytes) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  acquaint(space, {&a, &b});
  a->write(space.medical, 3, 100);
  sync(space, a, b);
  const std::uint64_t reads = a->reads;
  const Outcome outcome = sync(space, b, a);
  EXPECT_TRUE(outcome.a.in_sync);
  EXPECT_TRUE(outcome.b.in_sync);
  EXPECT_EQ(outcome.a.round_trips, 1u);
  EXPECT_EQ(outcome.b.round_trips, 1u);
  EXPECT_EQ(outcome.a.bytes_sent + outcome.a.bytes_received, 104u);
  EXPECT_EQ(a->reads, reads);
}

TEST(Sync, CountsTheBytesThatCrossedTheLink) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  a->write(space.medical, 3, 100);
  const Outcome outcome = sync(space, a, b);
  EXPECT_EQ(outcome.a.peer, b.actor->id());
  EXPECT_EQ(outcome.b.peer, a.actor->id());
  EXPECT_EQ(outcome.a.bytes_sent, outcome.b.bytes_received);
  EXPECT_EQ(outcome.a.bytes_received, outcome.b.bytes_sent);
  EXPECT_EQ(outcome.a.handshake_bytes, outcome.b.handshake_bytes);
  EXPECT_EQ(outcome.a.handshake_bytes + outcome.a.bytes_sent + outcome.a.bytes_received,
            outcome.wire.size());
}

TEST(Sync, BringsThousandsOfChangesBothWays) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 40; ++i) {
    a->write(space.medical, 100, 180);
    b->write(space.medical, 1 + i, 300);
  }
  const Outcome outcome = sync(space, a, b);
  expect_same(a, b);
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync);
  EXPECT_EQ(outcome.a.changes_sent, 4000u);
  EXPECT_EQ(outcome.b.changes_received, 4000u);
  EXPECT_EQ(outcome.b.changes_sent, 820u);
  EXPECT_EQ(outcome.a.changes_received, 820u);
  EXPECT_EQ(outcome.a.segments_sent, outcome.b.segments_received);
  EXPECT_GE(outcome.a.segments_sent, 40u);
  EXPECT_EQ(outcome.a.changes_held_back, 0u);
}

TEST(Sync, OfAFewEditsTakesTwoRoundTripsAndLittleMoreThanTheEdits) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 50; ++i) a->write(space.medical, 1, 40);
  for (int i = 0; i < 50; ++i) b->write(space.medical, 1, 40);
  const Outcome outcome = sync(space, a, b);
  expect_same(a, b);
  EXPECT_EQ(outcome.a.round_trips, 2u);
  EXPECT_EQ(outcome.b.round_trips, 2u);
  const std::uint64_t edits = 100 * 60;  // including the overhead of encryption
  EXPECT_LE(outcome.a.bytes_sent + outcome.a.bytes_received, edits + 2000);
}

TEST(Sync, BringsATransactionLargerThanTheWindowWhole) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  a->write(space.medical, 2, 10'000);
  a->write(space.medical, 5, 60'000);
  a->write(space.medical, 1, 200'000);
  a->write(space.medical, 2, 10'000);
  sync(space, b, a);
  expect_same(a, b);
}

TEST(Sync, PassesOnWhatOthersWrote) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice courier = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 300; ++i) a->write(space.medical, 1, 3000);
  sync(space, courier, a);
  a->write(space.medical, 7, 100);
  sync(space, a, courier);
  sync(space, courier, b);
  expect_same(a, b);
}

TEST(Sync, OfManyLogsComparesRootsFirst) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (std::size_t i = 0; i <= 512; ++i) {
    const auto compartment =
        log::compartment_id(space.control.founding.space, "zone", std::to_string(i));
    a->shared.insert(compartment);
    b->shared.insert(compartment);
    b->write(compartment, 1, 100);
    if (i % 2 == 0) a->write(compartment, 1, 100);
  }
  const Outcome outcome = sync(space, a, b);
  expect_same(a, b);
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync);
  EXPECT_EQ(outcome.a.round_trips, 2u);
  EXPECT_EQ(outcome.b.round_trips, 2u);
}

TEST(Sync, BringsControlBeforeData) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  const log::LogId control{log::control_compartment(space.control.founding.space),
                           space.control.owner().author};
  for (int i = 0; i < 9; ++i) {
    a->write_record(space.control.owner(), wire::record::CompartmentCreated{"zone", "label"});
  }
  a->write(space.medical, 20, 100);
  b->write(space.medical, 20, 100);
  const Outcome outcome = sync(space, b, a);
  expect_same(a, b);
  ASSERT_EQ(b->arrivals.size(), 2u);
  EXPECT_EQ(b->arrivals[0], control);
  EXPECT_EQ(b->arrivals[1], a->own_log(space.medical));
  EXPECT_TRUE(outcome.a.in_sync);
  EXPECT_EQ(outcome.a.round_trips, 4u);
}

TEST(Sync, SendsLogsOfALowerPriorityNumberWholeFirst) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  std::vector<log::LogId> logs;
  for (int i = 0; i < 3; ++i) {
    const auto compartment =
        log::compartment_id(space.control.founding.space, "", std::to_string(i));
    for (TestDevice* device : {&a, &b}) (*device)->shared.insert(compartment);
    for (int n = 0; n < 8; ++n) a->write(compartment, 1, 17'000);
    logs.push_back(a->own_log(compartment));
    a->priorities[logs.back()] = 3 - i;
  }
  sync(space, a, b);
  ASSERT_EQ(b->arrivals.size(), 24u);
  for (std::size_t i = 0; i < 24; ++i) EXPECT_EQ(b->arrivals[i], logs[2 - i / 8]);
}

TEST(Sync, LetsLogsOfOnePriorityTakeTurns) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  const auto legal = log::compartment_id(space.control.founding.space, "", "legal");
  for (TestDevice* device : {&a, &b}) (*device)->shared.insert(legal);
  for (int n = 0; n < 8; ++n) {
    a->write(legal, 1, 17'000);
    a->write(space.medical, 1, 17'000);
  }
  sync(space, a, b);
  ASSERT_EQ(b->arrivals.size(), 16u);
  EXPECT_NE(b->arrivals[0], b->arrivals[1]);
  EXPECT_NE(b->arrivals[6], b->arrivals[7]);
}

TEST(Sync, PassesOverCompartmentsThatTheOtherMayNotRead) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  const auto legal = log::compartment_id(space.control.founding.space, "", "legal");
  a->shared.insert(legal);
  a->write(legal, 5, 100);
  a->write(space.medical, 5, 100);
  const Outcome outcome = sync(space, b, a);
  EXPECT_TRUE(outcome.a.in_sync);
  EXPECT_EQ(b->seq(a->own_log(space.medical)), 5u);
  EXPECT_EQ(b->seq(a->own_log(legal)), 0u);
}

TEST(Sync, NamesNoCompartmentThatTheOtherMayNotRead) {
  PeerSpace space;
  TestDevice b = space.add_member();
  TestDevice a = space.add_member();
  const auto legal = log::compartment_id(space.control.founding.space, "", "legal");
  a->shared.insert(legal);
  a->write(legal, 5, 100);
  a->write(space.medical, 5, 100);
  HostilePeer listener(space, b, a, true);  // sees the messages, which the session encrypts
  listener.hello();
  listener.vectors();
  Bytes said;
  for (wire::Message& message : listener.take_messages()) said += wire::encode(std::move(message));
  EXPECT_NE(said.find(a.actor->author.view()), Bytes::npos) << "a log is compared";
  EXPECT_EQ(said.find(space.medical.view()), Bytes::npos);
  EXPECT_EQ(said.find(legal.view()), Bytes::npos);
}

TEST(Sync, NeverShowsWhatIsInADocument) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  const Bytes canary = "CANARY-a-name-that-must-not-leave";
  a->write_text(space.medical, canary);
  // Blocks of control are not encrypted, so only the session hides them.
  a->write_record(space.control.owner(), wire::record::CompartmentCreated{"zone", canary});
  const Outcome outcome = sync(space, a, b);
  EXPECT_EQ(b->seq(a->own_log(space.medical)), 1u);
  EXPECT_EQ(b->seq({log::control_compartment(space.control.founding.space),
                    space.control.owner().author}),
            1u);
  EXPECT_EQ(outcome.wire.find(canary), Bytes::npos);
  EXPECT_EQ(outcome.wire.find(a.actor->author.view()), Bytes::npos);
  EXPECT_EQ(outcome.wire.find(space.medical.view()), Bytes::npos);
}

TEST(Sync, WorksWhenBytesComeOneByOne) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 20; ++i) a->write(space.medical, 2, 2000);
  b->write(space.medical, 3, 100);
  PeerLink link(space, a, b);
  link.portion = 1;
  link.run();
  ASSERT_TRUE(link.a().result());
  ASSERT_TRUE(link.b().result());
  expect_same(a, b);
}

TEST(Sync, ReadsAheadNoMoreThanTheLinkTakes) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int log = 0; log < 20; ++log) {
    const auto compartment =
        log::compartment_id(space.control.founding.space, "", std::to_string(log));
    for (TestDevice* device : {&a, &b}) (*device)->shared.insert(compartment);
    for (int i = 0; i < 8; ++i) a->write(compartment, 1, 17'000);
  }
  PeerLink link(space, a, b);
  link.slow_link = true;
  link.portion = 1000;
  link.run();
  expect_same(a, b);
  EXPECT_LE(link.largest_queue, limits::kTransmitQueueBytes + 2 * 20'000);
  EXPECT_GE(link.largest_queue, limits::kTransmitQueueBytes / 2);
}

TEST(Sync, StopsReadingWhenNothingIsWritten) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 8; ++i) a->write(space.medical, 1, 60'000);
  PeerLink link(space, b, a);
  Bytes bytes;
  for (int i = 0; i < 20; ++i) {  // b calls; a never hears that its bytes were written
    while (!(bytes = link.b().poll_transmit(link.now)).empty()) {
      link.a().handle_bytes(bytes, link.now);
    }
    while (!(bytes = link.a().poll_transmit(link.now)).empty()) {
      link.b().handle_bytes(bytes, link.now);
    }
  }
  EXPECT_FALSE(link.b().finished());
  EXPECT_LE(a->reads, 6u);
  link.b().handle_written(10'000'000, link.now);
  link.run();
  EXPECT_TRUE(link.b().result());
}

TEST(Sync, AgreesThoughALogGrowsAndIsSealedAnewInTheMeantime) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 30; ++i) a->write(space.medical, 1, 5000);
  PeerLink link(space, a, b);
  // The roots are made with the hello; then a change moves the last signed head on.
  Bytes bytes;
  for (int i = 0; i < 2; ++i) {
    while (!(bytes = link.a().poll_transmit(link.now)).empty()) {
      link.b().handle_bytes(bytes, link.now);
    }
    while (!(bytes = link.b().poll_transmit(link.now)).empty()) {
      if (i == 1) a->write(space.medical, 1, 700);
      link.a().handle_bytes(bytes, link.now);
    }
  }
  link.run();
  const auto report = link.a().result();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->mismatched.empty());
  EXPECT_TRUE(report->in_sync);
  EXPECT_EQ(b->seq(a->own_log(space.medical)), 31u);
}

TEST(Sync, ShowsItsProgress) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 30; ++i) a->write(space.medical, 1, 5000);
  b->write(space.medical, 3, 10);
  PeerLink link(space, a, b);
  EXPECT_EQ(link.b().progress().to_receive, 0u);
  link.run();
  const Progress progress = link.b().progress();
  EXPECT_EQ(progress.to_receive, 30u);
  EXPECT_EQ(progress.received, 30u);
  EXPECT_EQ(progress.to_send, 3u);
  EXPECT_EQ(progress.sent, 3u);
}

}  // namespace
}  // namespace relais::peer::test

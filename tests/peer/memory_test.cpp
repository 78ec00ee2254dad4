#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {
namespace {

std::uint64_t bytes_of(const Report& report) { return report.bytes_sent + report.bytes_received; }

/// Two devices that hold the logs of `authors` others and have synced before.
struct Acquainted {
  explicit Acquainted(std::size_t authors = 3) {
    acquaint(space, {&a, &b});
    space.add_authors(authors, {&a, &b});
    a->write(space.medical, 1, 60);
    b->write(space.medical, 1, 60);
    sync(space, a, b);
  }
  /// The two hold the same logs.
  bool same() { return a->everything() == b->everything(); }

  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
};

TEST(Memory, LetsOneEditTakeOneRoundTripAndFewBytesHoweverManyAuthors) {
  std::set<std::uint64_t> bytes;
  for (const std::size_t authors : {1, 150, 900}) {
    Acquainted it(authors);
    it.a->write(it.space.medical, 1, 60);
    const Outcome outcome = sync(it.space, it.a, it.b);
    EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync && it.same());
    EXPECT_EQ(outcome.a.round_trips, 1u);
    EXPECT_EQ(outcome.b.round_trips, 1u);
    EXPECT_LE(bytes_of(outcome.a), 400u);
    EXPECT_LE(outcome.a.handshake_bytes, 300u);
    bytes.insert(bytes_of(outcome.a));
  }
  EXPECT_EQ(bytes.size(), 1u) << "the number of authors costs nothing";
}

TEST(Memory, CountsWhatIsSentWithHelloAsUnderWay) {
  Acquainted it;
  it.a->write(it.space.medical, 3, 60);
  const Now now = PeerLink::start();
  Peer caller = Peer::sync(it.space.sync_config(it.a), *it.a.delegate, it.space.random, now);
  Peer called = Peer::serve(it.space.serve_config(it.b), *it.b.delegate, it.space.sessions,
                            it.space.random, now);
  called.handle_bytes(caller.poll_transmit(now), now);
  EXPECT_EQ(caller.progress().to_send, 0u);
  caller.handle_bytes(called.poll_transmit(now), now);
  EXPECT_EQ(caller.progress().to_send, 3u);
  EXPECT_EQ(caller.progress().sent, 0u);
}

TEST(Memory, LetsTheCalledOneSendItsEditsInOneRoundTrip) {
  Acquainted it;
  it.b->write(it.space.medical, 3, 60);
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_TRUE(outcome.a.in_sync && it.same());
  EXPECT_EQ(outcome.a.round_trips, 1u);
  EXPECT_EQ(outcome.a.changes_received, 3u);
}

TEST(Memory, OfManyEditsOnBothSidesBringsThemAll) {
  Acquainted it(100);
  for (int i = 0; i < 40; ++i) it.a->write(it.space.medical, 3, 1000);
  for (int i = 0; i < 40; ++i) it.b->write(it.space.medical, 3, 1000);
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync && it.same());
  EXPECT_EQ(outcome.a.round_trips, 2u);
  EXPECT_EQ(outcome.a.changes_sent, 120u);
  EXPECT_EQ(outcome.b.changes_received, 120u);
}

TEST(Memory, OfAStrangerIsNotNeeded) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  acquaint(space, {&a, &b});
  space.add_authors(900, {&a, &b});
  a->write(space.medical, 1, 60);
  const Outcome outcome = sync(space, a, b);
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync);
  EXPECT_EQ(outcome.a.round_trips, 2u);
  EXPECT_EQ(outcome.b.round_trips, 2u);
  EXPECT_LE(bytes_of(outcome.a), 2000u);
}

TEST(Memory, OfAnotherCheckpointCostsARoundTripAndNothingElse) {
  for (const bool caller : {false, true}) {
    Acquainted it;
    TestDevice& wrong = caller ? it.a : it.b;
    wrong->memories.begin()->second.checkpoint.data()[0] ^= 1;
    it.a->write(it.space.medical, 1, 60);
    it.b->write(it.space.medical, 1, 60);
    const Outcome outcome = sync(it.space, it.a, it.b);
    EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync && it.same());
    EXPECT_EQ(outcome.a.round_trips, 2u);
    EXPECT_EQ(outcome.b.changes_received, 1u);
    EXPECT_TRUE(outcome.a.mismatched.empty() && outcome.b.mismatched.empty());
  }
}

// A backup that kept the memory and lost a log: both name the same checkpoint, which isn't true.
TEST(Memory, ThatIsWrongIsForgottenAndEverythingCompared) {
  for (const bool caller : {false, true}) {
    Acquainted it;
    TestDevice& restored = caller ? it.a : it.b;
    TestDevice& other = caller ? it.b : it.a;
    restored->roll_back(other->own_log(it.space.medical), 0);
    const Outcome outcome = sync(it.space, it.a, it.b);
    EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync && it.same()) << caller;
    EXPECT_TRUE(outcome.a.mismatched.empty() && outcome.b.mismatched.empty());
    const Outcome next = sync(it.space, it.a, it.b);
    EXPECT_EQ(next.a.round_trips, 1u) << "the new memory is right";
  }
}

// The caller takes the other to hold less than it does, and is told by its own rules' breach.
TEST(Memory, WithWrongPositionsFailsOnce) {
  Acquainted it;
  it.a->memories.begin()->second.data.clear();
  it.a->write(it.space.medical, 1, 60);
  PeerLink link(it.space, it.a, it.b);
  link.run();
  EXPECT_EQ(link.b().result().error().code(), ErrorCode::peer_misbehaved);
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync && it.same());
}

TEST(Memory, EndsWithASyncThatLeavesALogOut) {
  Acquainted it;
  it.a->write(it.space.medical, 1, 60);
  it.b->gate = [](const log::LogId&) { return peer::InboundResult::quarantined; };
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_FALSE(outcome.a.in_sync);
  EXPECT_TRUE(it.a->memories.empty() && it.b->memories.empty());
}

TEST(Memory, OfADeviceThatForgotTheCallerIsGivenUp) {
  Acquainted it;
  const auto& records = it.space.control.records;
  it.b->member_of = it.space.control.membership_of({records.begin(), records.end() - 2});
  ASSERT_EQ(it.b->membership()->device(it.a.actor->id()), nullptr);
  PeerLink link(it.space, it.a, it.b);
  link.run();
  ASSERT_FALSE(link.a().result());
  EXPECT_EQ(link.a().result().error().code(), ErrorCode::handshake_failed);
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_TRUE(outcome.a.in_sync) << "now the caller shows its chain";
}

TEST(Memory, SendsNoMoreEarlyThanALittle) {
  Acquainted it;
  for (const char* label : {"one", "two", "three"}) {
    const auto compartment = log::compartment_id(it.space.control.founding.space, "", label);
    it.a->shared.insert(compartment);
    it.b->shared.insert(compartment);
    it.a->write(compartment, 1, 7'000);
  }
  Peer caller =
      Peer::sync(it.space.sync_config(it.a), *it.a.delegate, it.space.random, PeerLink::start());
  Peer called = Peer::serve(it.space.serve_config(it.b), *it.b.delegate, it.space.sessions,
                            it.space.random, PeerLink::start());
  const Now now = PeerLink::start();
  called.handle_bytes(caller.poll_transmit(now), now);
  caller.handle_bytes(called.poll_transmit(now), now);
  std::size_t early = 0;
  for (Bytes more = caller.poll_transmit(now); !more.empty(); more = caller.poll_transmit(now)) {
    early += more.size();
  }
  EXPECT_GT(early, 10'000u);
  EXPECT_LT(early, limits::kEarlyBytes + 2000);
}

TEST(Memory, SurvivesWhatThePeerLearntElsewhere) {
  Acquainted it;
  TestDevice c = it.space.add_member();
  acquaint(it.space, {&it.a, &it.b, &c});
  it.a->write(it.space.medical, 2, 60);
  sync(it.space, c, it.a);
  it.a->write(it.space.medical, 2, 60);
  sync(it.space, c, it.b);  // brings half of what `a` has for `b`
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_TRUE(outcome.a.in_sync && it.same());
  EXPECT_EQ(outcome.b.changes_received, 2u);
}

TEST(Memory, IsOfNoUseWhileControlDiffers) {
  Acquainted it;
  it.a->write_record(it.space.control.owner(), wire::record::CompartmentCreated{"zone", "label"});
  it.a->write(it.space.medical, 2, 60);
  it.b->write(it.space.medical, 2, 60);
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync && it.same());
  EXPECT_EQ(outcome.b.changes_received, 3u);
}

// Devices that write, sync, are cut off, forget and remember wrongly, in any order.
TEST(Memory, InAnyHistoryNeverKeepsDevicesApart) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    PeerSpace space(seed);
    SeededRandom random(seed);
    std::vector<TestDevice> devices;
    for (int i = 0; i < 4; ++i) devices.push_back(space.add_member());
    acquaint(space, {&devices[0], &devices[1], &devices[2], &devices[3]});
    for (int step = 0; step < 40; ++step) {
      TestDevice& one = devices[random.below(4)];
      TestDevice& other = devices[random.below(4)];
      switch (random.below(6)) {
        case 0:
        case 1: one->write(space.medical, 1 + static_cast<int>(random.below(3)), 3000); break;
        case 2:
          if (!one->memories.empty()) one->memories.begin()->second.checkpoint.data()[0] ^= 1;
          break;
        case 3: one->memories.clear(); break;
        default: {
          if (&one == &other) break;
          PeerLink link(space, one, other);
          if (random.chance(3)) {
            link.run_until_cut(300 + random.below(8000));
          } else {
            link.run();
            ASSERT_TRUE(link.a().result() && link.b().result());
            EXPECT_TRUE(link.a().result()->in_sync);
            EXPECT_EQ(one->everything(), other->everything());
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace relais::peer::test

#include "engine/sync/connection_manager.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/runtime/manual_loop.h"
#include "link/pipe/pipe.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

/// Device A listens on pipes in virtual time; callers are strangers or member B.
class ListeningDevice : public ::testing::Test {
 protected:
  struct Caller {
    link::Pipe pipe;
    Bytes heard;
    bool closed = false;
  };

  ListeningDevice() {
    space.found("A");
    EXPECT_TRUE(space.join("B", "A"));
    loop.run_due(space.clock().now());
    manager.emplace(space.core("A"), loop, [this](const engine::InboundSession& visit) {
      results.push_back(visit.result ? "ok" : std::string(to_string(visit.result.error().code())));
    });
  }
  ~ListeningDevice() override { manager.reset(); }

  Caller& call() {
    auto caller = std::make_unique<Caller>();
    caller->pipe = link::make_pipe();
    Caller& made = *callers.emplace_back(std::move(caller));
    made.pipe.left->start({[&made](BytesView bytes) { made.heard.append(bytes); }, nullptr,
                           [&made](const Status&) { made.closed = true; }});
    manager->accept(std::move(made.pipe.right));
    run();
    return made;
  }
  void say(Caller& caller, Bytes bytes) {
    caller.pipe.left->write(std::move(bytes));
    run();
  }
  /// Runs until nothing moves at this time.
  void run() {
    for (bool moved = true; moved;) {
      moved = loop.run_due(space.clock().now()) != 0;
      for (const auto& caller : callers) {
        while (caller->pipe.pump->step()) moved = true;
      }
    }
  }
  void pass(Duration time) {
    space.clock().pass(time);
    run();
  }
  /// Syncs B with A over one link; returns whether that succeeded.
  bool member_syncs() {
    engine::ReplicaDelegate delegate(space.core("B"), {});
    auto peer = peer::Peer::sync(*engine::sync_config(space.core("B")), delegate, random,
                                 space.clock().now());
    Caller& caller = call();
    for (int i = 0; i < 100 && !peer.finished(); ++i) {
      Bytes out;
      while (!(out = peer.poll_transmit(space.clock().now())).empty()) {
        const std::size_t size = out.size();
        say(caller, std::move(out));
        peer.handle_written(size, space.clock().now());
      }
      peer.handle_bytes(std::exchange(caller.heard, {}), space.clock().now());
      if (caller.closed) peer.handle_link_closed(space.clock().now());
    }
    return peer.finished() && peer.result().has_value();
  }

  TestSpace space;
  Chance random{5};
  runtime::ManualLoop loop;
  std::vector<std::string> results;
  std::optional<engine::ConnectionManager> manager;
  std::vector<std::unique_ptr<Caller>> callers;
};

TEST_F(ListeningDevice, AMemberSyncsThoughHundredsStandThereAndSayNothing) {
  for (std::size_t i = 0; i < 2 * limits::kPendingConnections; ++i) call();
  EXPECT_TRUE(member_syncs());
  const auto standing = std::count_if(callers.begin(), callers.end(),
                                      [](const auto& caller) { return !caller->closed; });
  EXPECT_LE(static_cast<std::size_t>(standing), limits::kPendingConnections);
}

TEST_F(ListeningDevice, WhoSaysNothingIsShownOutInTwoSecondsAndGetsNoByte) {
  Caller& stranger = call();
  say(stranger, Bytes("\0\x30only a part", 13));
  pass(limits::kFirstMessageTime - Duration(1));
  EXPECT_FALSE(stranger.closed);
  pass(Duration(1));
  EXPECT_TRUE(stranger.closed);
  EXPECT_EQ(stranger.heard, "");
  EXPECT_EQ(results, std::vector<std::string>{"handshake_failed"});
}

TEST_F(ListeningDevice, WhoSaysSomethingElseIsShownOutAtOnceAndNotLingeredFor) {
  for (const Bytes& words :
       {Bytes("GET / HTTP/1.1\r\n\r\n"), Bytes("\0\x30", 2) + Bytes(48, 'x')}) {
    Caller& stranger = call();
    say(stranger, words);
    EXPECT_TRUE(stranger.closed);
    EXPECT_EQ(stranger.heard, "");
  }
  EXPECT_TRUE(member_syncs());
}

TEST_F(ListeningDevice, AStrangerMakesNoSessionAndReadsNothingFromTheStore) {
  const std::uint64_t reads = space.calls("A").reads;
  for (int i = 0; i < 10; ++i) say(call(), Bytes("\0\x30only a part", 13));
  EXPECT_EQ(space.core("A").open_sessions.load(), 0);
  EXPECT_EQ(space.calls("A").reads, reads);
}

TEST_F(ListeningDevice, WhoGoesBeforeAWordIsForgotten) {
  Caller& stranger = call();
  stranger.pipe.left->close();
  run();
  EXPECT_EQ(results, std::vector<std::string>{"handshake_failed"});
}

TEST_F(ListeningDevice, WhereLinksAreScarceHalfOfTheSilentGoAndItIsReported) {
  for (int i = 0; i < 4; ++i) call();
  manager->shed_load(Error(ErrorCode::link_failed, "no files are left"));
  run();
  EXPECT_TRUE(callers[0]->closed && callers[1]->closed);
  EXPECT_FALSE(callers[2]->closed || callers[3]->closed);
  EXPECT_EQ(results.back(), "link_failed");
}

TEST_F(ListeningDevice, LinksOfAllRoomsLeaveTheReserveOfDescriptors) {
  for (const std::size_t descriptors : {16u, 64u, 256u, 512u, 1024u, 1u << 20}) {
    const engine::ConnectionLimits limits = engine::ConnectionLimits::within(descriptors);
    const std::size_t links = limits.pending + limits.sessions.waiting + limits.sessions.open;
    const std::size_t reserve = std::min(limits::kReservedDescriptors, descriptors / 2);
    EXPECT_LE(links + reserve, descriptors) << descriptors;
    EXPECT_GE(limits.pending, 1u);
  }
  EXPECT_EQ(engine::ConnectionLimits::within(1024).pending, limits::kPendingConnections);
}

TEST_F(ListeningDevice, AnInvitationEndsAfterItsTimeThoughTheWallClockIsSetBackMeanwhile) {
  replica::OpenInvitation open;
  open.invitation = access::make_invitation(random, space.core("A").identity.space,
                                            space.clock().now().wall, std::chrono::minutes(10));
  ASSERT_TRUE(replica::save_invitation(space.core("A"), open));
  manager->watch_invitations();
  space.clock().now_.wall.ms -= 60'000;
  pass(std::chrono::minutes(10) - Duration(1));
  EXPECT_EQ(replica::expired_secrets(space.core("A"))->size(), 0u);
  space.clock().now_.monotonic += Duration(1);  // one minute early by the wall clock
  run();
  EXPECT_EQ(replica::expired_secrets(space.core("A"))->size(), 1u);
}

}  // namespace
}  // namespace relais::testing

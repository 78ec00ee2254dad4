#include "link/pipe/pipe.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"

namespace relais::link {
namespace {

/// The events of one end, in order: "+" bytes, "w" written, "." closed, "!" an error.
struct Events {
  std::vector<std::string> events;
  Bytes received;
  std::size_t written = 0;

  Link::Handler handler() {
    return {.on_bytes =
                [this](BytesView bytes) {
                  received.append(bytes);
                  events.push_back("+" + std::string(bytes));
                },
            .on_written =
                [this](std::size_t size) {
                  written += size;
                  events.push_back("w" + std::to_string(size));
                },
            .on_closed = [this](Status status) { events.push_back(status ? "." : "!"); }};
  }
  std::string last() const { return events.empty() ? "" : events.back(); }
};

struct Wire {
  explicit Wire(PipeOptions options = {}) : pipe(make_pipe(options)) {
    pipe.left->start(left.handler());
    pipe.right->start(right.handler());
  }
  Events left, right;  // outlive the links
  Pipe pipe;
};

Bytes numbers(int count) {
  Bytes bytes;
  for (int i = 0; i < count; ++i) bytes += std::to_string(i) + ",";
  return bytes;
}

TEST(Pipe, NothingHappensButInAStepAndEachStepIsOneEvent) {
  Wire wire;
  wire.pipe.left->write("abc");
  wire.pipe.left->close();
  EXPECT_TRUE(wire.left.events.empty() && wire.right.events.empty());
  EXPECT_TRUE(wire.pipe.pump->step());
  EXPECT_EQ(wire.left.events, std::vector<std::string>{"w3"});
  EXPECT_TRUE(wire.right.events.empty());
  EXPECT_TRUE(wire.pipe.pump->run());
  EXPECT_EQ(wire.right.events, (std::vector<std::string>{"+abc", "."}));
  EXPECT_EQ(wire.left.events, (std::vector<std::string>{"w3", "."}));
  EXPECT_FALSE(wire.pipe.pump->step());
}

TEST(Pipe, BytesArriveOneByOneWhenAskedFor) {
  Wire wire({.largest_chunk = 1});
  wire.pipe.left->write("abc");
  EXPECT_TRUE(wire.pipe.pump->run());
  EXPECT_EQ(wire.right.events, (std::vector<std::string>{"+a", "+b", "+c"}));
}

TEST(Pipe, OneSeedSplitsTheSameWayTwiceAndAnotherOtherwise) {
  const auto events = [](std::uint64_t seed) {
    Wire wire({.largest_chunk = 50, .seed = seed});
    wire.pipe.left->write(numbers(500));
    wire.pipe.right->write(numbers(300));
    EXPECT_TRUE(wire.pipe.pump->run());
    EXPECT_EQ(wire.right.received, numbers(500));
    EXPECT_EQ(wire.left.received, numbers(300));
    EXPECT_EQ(wire.left.written, numbers(500).size());
    return wire.right.events;
  };
  EXPECT_EQ(events(7), events(7));
  EXPECT_NE(events(7), events(8));
}

TEST(Pipe, ADelayLetsTimePassBetweenSendingAndArriving) {
  Wire wire({.delay = 10});
  wire.pipe.left->write("abc");
  EXPECT_TRUE(wire.pipe.pump->step());
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(wire.pipe.pump->step());
  EXPECT_EQ(wire.right.received, "");
  EXPECT_TRUE(wire.pipe.pump->step());
  EXPECT_EQ(wire.right.received, "abc");
  EXPECT_FALSE(wire.pipe.pump->step());
}

TEST(Pipe, BeyondTheWindowBytesAreNotYetWritten) {
  Wire wire({.delay = 1000, .window = 10});
  wire.pipe.left->write(Bytes(25, 'x'));
  EXPECT_FALSE(wire.pipe.pump->run(500));
  EXPECT_EQ(wire.left.written, 10u);
  EXPECT_TRUE(wire.pipe.pump->run());
  EXPECT_EQ(wire.left.written, 25u);
  EXPECT_EQ(wire.right.received.size(), 25u);
}

TEST(Pipe, ACutLosesWhatIsInFlightAndBothAreTold) {
  Wire wire({.delay = 5});
  wire.pipe.left->write("abc");
  EXPECT_TRUE(wire.pipe.pump->step());
  wire.pipe.pump->cut();
  EXPECT_TRUE(wire.pipe.pump->run());
  EXPECT_EQ(wire.right.events, std::vector<std::string>{"!"});
  EXPECT_EQ(wire.left.events, (std::vector<std::string>{"w3", "!"}));
  wire.pipe.left->write("more");
  EXPECT_FALSE(wire.pipe.pump->step());
}

TEST(Pipe, ItIsCutAtAnyByteThatATestNames) {
  const Bytes text = numbers(20);
  for (std::size_t at = 0; at <= text.size(); ++at) {
    Wire wire({.largest_chunk = 7});
    wire.pipe.pump->cut_after(at);
    wire.pipe.left->write(text);
    EXPECT_TRUE(wire.pipe.pump->run());
    EXPECT_EQ(wire.right.received, text.substr(0, at));
    EXPECT_EQ(wire.pipe.pump->arrived(), at);
    EXPECT_EQ(wire.right.last(), "!");
    EXPECT_EQ(wire.left.last(), "!");
  }
}

TEST(Pipe, CloseSendsEverythingFirstAndTheOtherSideTheRestOfItsOwn) {
  Wire wire({.largest_chunk = 3});
  wire.pipe.left->write("all of this");
  wire.pipe.left->close();
  wire.pipe.left->write("not this");
  wire.pipe.right->write("this is dropped by a closed link");
  EXPECT_TRUE(wire.pipe.pump->run());
  EXPECT_EQ(wire.right.received, "all of this");
  EXPECT_EQ(wire.right.written, 32u);
  EXPECT_EQ(wire.left.received, "");
  EXPECT_EQ(wire.left.last(), ".");
  EXPECT_EQ(wire.right.last(), ".");
}

TEST(Pipe, AnEndNotStartedKeepsItsBytesUntilItIs) {
  Pipe pipe = make_pipe();
  Events left, right;
  pipe.left->start(left.handler());
  pipe.left->write("abc");
  pipe.right->write("def");
  EXPECT_TRUE(pipe.pump->run());
  EXPECT_EQ(left.events, std::vector<std::string>{"w3"});
  pipe.right->start(right.handler());
  EXPECT_TRUE(pipe.pump->run());
  EXPECT_EQ(right.received, "abc");
  EXPECT_EQ(left.received, "def");
}

TEST(Pipe, ALinkDestroyedInItsHandlerIsSilentAndEndsTheOther) {
  Pipe pipe = make_pipe({.largest_chunk = 2});
  Events right;
  int calls = 0;
  pipe.left->start({.on_bytes =
                        [&, mark = std::string(100, 'm')](BytesView) {
                          pipe.left.reset();
                          calls += mark.size() == 100 ? 1 : 100;
                        },
                    .on_written = nullptr,
                    .on_closed = [&](Status) { ++calls; }});
  pipe.right->start(right.handler());
  pipe.right->write("abcdef");
  EXPECT_TRUE(pipe.pump->run());
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(right.last(), ".");
}

TEST(Pipe, ExactlyTheLimitMayWaitUnsentAndAByteMoreLosesTheLink) {
  Wire wire({.largest_chunk = 8 * 1024 * 1024, .window = 16 * 1024 * 1024});
  wire.pipe.left->write(Bytes(limits::kLinkUnsentBytes, 'x'));
  wire.pipe.right->write(Bytes(limits::kLinkUnsentBytes, 'x'));
  wire.pipe.right->write("x");
  EXPECT_TRUE(wire.pipe.pump->run());
  EXPECT_EQ(wire.right.last(), "!");
  EXPECT_EQ(wire.left.written, limits::kLinkUnsentBytes);
  EXPECT_EQ(wire.left.last(), ".");
}

}  // namespace
}  // namespace relais::link

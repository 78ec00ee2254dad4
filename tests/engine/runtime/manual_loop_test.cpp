#include "engine/runtime/manual_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace relais::runtime {
namespace {

Instant at(int ms) { return Instant(Duration(ms)); }
Now now_at(int ms) { return {.monotonic = at(ms), .wall = WallTime{1'000'000 + ms}}; }

TEST(ManualLoop, TimersRunByTheirTimeAndThenInTheOrderTheyWereMade) {
  ManualLoop loop;
  std::string ran;
  const auto c = loop.call_at(at(20), [&] { ran += "c"; });
  const auto a = loop.call_at(at(10), [&] { ran += "a"; });
  const auto b = loop.call_at(at(10), [&] { ran += "b"; });
  EXPECT_EQ(loop.next_deadline(), at(10));
  EXPECT_EQ(loop.run_due(now_at(9)), 0u);
  EXPECT_EQ(loop.run_due(now_at(10)), 2u);
  EXPECT_EQ(loop.next_deadline(), at(20));
  EXPECT_EQ(loop.run_due(now_at(100)), 1u);
  EXPECT_EQ(ran, "abc");
  EXPECT_EQ(loop.next_deadline(), std::nullopt);
}

TEST(ManualLoop, NowIsTheTimeItWasGiven) {
  ManualLoop loop(now_at(5));
  EXPECT_EQ(loop.now().monotonic, at(5));
  Now seen;
  loop.post([&] { seen = loop.now(); });
  loop.run_due(now_at(7));
  EXPECT_EQ(seen.monotonic, at(7));
  EXPECT_EQ(seen.wall, WallTime{1'000'007});
}

TEST(ManualLoop, WhatATaskAddsWaitsForTheNextCall) {
  ManualLoop loop(now_at(1));
  std::string ran;
  std::unique_ptr<Loop::Timer> timer;
  loop.post([&] {
    ran += "a";
    loop.post([&] { ran += "b"; });
    timer = loop.call_at(at(0), [&] { ran += "c"; });
  });
  EXPECT_EQ(loop.run_due(now_at(1)), 1u);
  EXPECT_EQ(ran, "a");
  EXPECT_EQ(loop.next_deadline(), at(1));
  EXPECT_EQ(loop.run_due(now_at(1)), 2u);
  EXPECT_EQ(ran, "abc");
}

TEST(ManualLoop, ATimerDestroyedNeverRunsEvenByOneDueAtTheSameTime) {
  ManualLoop loop;
  std::string ran;
  std::unique_ptr<Loop::Timer> first, second, third;
  first = loop.call_at(at(10), [&] {
    ran += "1";
    second.reset();
    first.reset();  // the loop it runs in: it goes on
    ran += "!";
  });
  second = loop.call_at(at(10), [&] { ran += "2"; });
  third = loop.call_at(at(10), [&] { ran += "3"; });
  EXPECT_EQ(loop.run_due(now_at(10)), 2u);
  EXPECT_EQ(ran, "1!3");
}

TEST(ManualLoop, ATimerMayOutliveItsLoopAndATaskItsTimer) {
  auto loop = std::make_unique<ManualLoop>();
  auto timer = loop->call_at(at(10), [] {});
  auto inner = std::make_shared<std::unique_ptr<Loop::Timer>>(loop->call_at(at(20), [] {}));
  const auto outer = loop->call_at(at(30), [inner] {});
  loop->post([inner] {});
  inner.reset();
  loop.reset();
  timer.reset();
}

TEST(ManualLoop, PostsOfManyThreadsAllRunAndEachThreadsInOrder) {
  std::atomic<int> wakes = 0;
  ManualLoop loop({}, [&] { ++wakes; });
  constexpr int kThreads = 4, kPosts = 2000;
  std::vector<std::vector<int>> ran(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kPosts; ++i) loop.post([&, t, i] { ran[t].push_back(i); });
    });
  }
  std::size_t count = 0;
  while (count < kThreads * kPosts) count += loop.run_due(now_at(1));
  for (auto& thread : threads) thread.join();
  for (const auto& order : ran) {
    ASSERT_EQ(order.size(), static_cast<std::size_t>(kPosts));
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  }
  EXPECT_GE(wakes, 1);
}

TEST(ManualLoop, TheHostIsWokenForTheFirstPostToAnEmptyQueueOnly) {
  int wakes = 0;
  ManualLoop loop({}, [&] { ++wakes; });
  loop.post([] {});
  loop.post([] {});
  EXPECT_EQ(wakes, 1);
  loop.run_due(now_at(1));
  loop.post([] {});
  EXPECT_EQ(wakes, 2);
}

}  // namespace
}  // namespace relais::runtime

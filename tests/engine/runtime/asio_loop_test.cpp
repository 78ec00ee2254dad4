#include "engine/runtime/asio_loop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/system_clock.h"

namespace relais::runtime {
namespace {

TEST(AsioLoop, RunsPostsInOrderInAThreadOfItsOwn) {
  AsioLoop loop(Threading::own);
  std::vector<int> ran;
  std::thread::id thread;
  std::latch done(1);
  for (int i = 0; i < 100; ++i) loop.post([&, i] { ran.push_back(i); });
  loop.post([&] {
    thread = std::this_thread::get_id();
    EXPECT_TRUE(loop.in_loop_thread());
    done.count_down();
  });
  done.wait();
  ASSERT_EQ(ran.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ran[i], i);
  EXPECT_NE(thread, std::this_thread::get_id());
  EXPECT_FALSE(loop.in_loop_thread());
}

TEST(AsioLoop, PostsOfManyThreadsAllRun) {
  std::atomic<int> posted = 0;
  int ran = 0;  // in one thread: no lock
  AsioLoop loop(Threading::own);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i, ++posted) loop.post([&] { ++ran; });
    });
  }
  for (auto& thread : threads) thread.join();
  std::latch done(1);
  loop.post([&] { done.count_down(); });
  done.wait();
  loop.stop();
  EXPECT_EQ(ran, 4000);
}

TEST(AsioLoop, ATimerRunsOnceAtItsTimeAndNotBefore) {
  AsioLoop loop(Threading::own);
  std::unique_ptr<Loop::Timer> timer;
  std::atomic<int> runs = 0;
  Instant when, seen;
  std::latch done(1);
  loop.post([&] {
    when = loop.now().monotonic + Duration(30);
    timer = loop.call_at(when, [&] {
      seen = loop.now().monotonic;
      ++runs;
      timer.reset();
      done.count_down();
    });
  });
  done.wait();
  loop.stop();
  EXPECT_EQ(runs, 1);
  EXPECT_GE(seen, when);
}

TEST(AsioLoop, StopWaitsForTheRunningTaskAndDropsTheRest) {
  AsioLoop loop(Threading::own);
  std::latch begun(1), stopping(1);
  std::atomic<bool> finished = false;
  std::atomic<bool> dropped_ran = false;
  loop.post([&] {
    begun.count_down();
    stopping.wait();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    finished = true;
  });
  loop.post([&] { dropped_ran = true; });
  begun.wait();
  stopping.count_down();
  loop.stop();
  EXPECT_TRUE(finished);
  loop.post([&] { dropped_ran = true; });
  EXPECT_FALSE(dropped_ran);
  EXPECT_TRUE(loop.in_loop_thread());
}

TEST(AsioLoop, ItsThreadTakesNoneOfTheHostsSignals) {
  AsioLoop loop(Threading::own);
  std::atomic<int> blocked = 0;
  std::latch done(1);
  loop.post([&] {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    for (const int signal : {SIGINT, SIGTERM, SIGCHLD, SIGUSR1, SIGALRM, SIGPIPE}) {
      blocked += sigismember(&mask, signal);
    }
    EXPECT_EQ(sigismember(&mask, SIGSEGV), 0);
    done.count_down();
  });
  done.wait();
  EXPECT_EQ(blocked, 6);
  sigset_t here;
  pthread_sigmask(SIG_SETMASK, nullptr, &here);
  EXPECT_EQ(sigismember(&here, SIGTERM), 0) << "the host's own thread is as it was";
}

TEST(AsioLoop, AManualLoopRunsInPollOnlyAndWaitsNoLongerThanAsked) {
  AsioLoop loop(Threading::manual);
  std::string ran;
  loop.post([&] { ran += "a"; });
  const auto timer = loop.call_at(loop.now().monotonic + Duration(30), [&] { ran += "b"; });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(ran, "");
  EXPECT_EQ(loop.poll_for(Duration(0)), 1u);
  EXPECT_EQ(ran, "a");
  EXPECT_EQ(loop.poll_for(Duration(1)), 0u);
  EXPECT_EQ(loop.poll_for(Duration(5000)), 1u);
  EXPECT_EQ(ran, "ab");
}

TEST(AsioLoop, APostOfAnotherThreadWakesAManualLoopThatWaits) {
  AsioLoop loop(Threading::manual);
  bool ran = false;
  std::thread poster([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    loop.post([&] { ran = true; });
  });
  EXPECT_EQ(loop.poll_for(Duration(30'000)), 1u);
  EXPECT_TRUE(ran);
  poster.join();
}

TEST(AsioLoop, PollReturnsToTheHostThoughTasksAlwaysPostMore) {
  AsioLoop loop(Threading::manual);
  std::function<void()> again = [&] { loop.post(again); };
  again();
  EXPECT_GT(loop.poll_for(Duration(0)), 0u);
  EXPECT_GT(loop.poll_for(Duration(10)), 0u);
}

TEST(AsioLoop, ATimerDestroyedNeverRunsAndOneForEverDoesNotRunNow) {
  AsioLoop loop(Threading::manual);
  std::string ran;
  auto cancelled = loop.call_at(loop.now().monotonic, [&] { ran += "x"; });
  const auto never = loop.call_at(Instant::max(), [&] { ran += "y"; });
  const auto past = loop.call_at(Instant::min(), [&] { ran += "z"; });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  cancelled.reset();
  for (int i = 0; i < 5; ++i) loop.poll_for(Duration(5));
  EXPECT_EQ(ran, "z");
}

TEST(AsioLoop, LetsGoOfATimersTaskWhenTheTimerIsDestroyed) {
  AsioLoop loop(Threading::manual);
  const auto mark = std::make_shared<int>(1);
  auto timer = loop.call_at(Instant::max(), [mark] {});
  EXPECT_EQ(mark.use_count(), 2);
  timer.reset();
  EXPECT_EQ(mark.use_count(), 1);
}

TEST(SystemClock, GivesTheYearsWallTimeAndAMonotonicTimeThatNeverGoesBack) {
  SystemClock clock;
  EXPECT_GT(clock.now().wall, WallTime{1'700'000'000'000});
  Instant last = clock.now().monotonic;
  for (int i = 0; i < 1000; ++i) {
    const Instant now = clock.now().monotonic;
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace relais::runtime

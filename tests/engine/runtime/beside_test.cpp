#include "engine/runtime/beside.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace relais::runtime {
namespace {

TEST(Beside, ATaskHasAThreadOfItsOwn) {
  auto ran = run_beside(Threading::own, [] { return std::this_thread::get_id(); });
  EXPECT_NE(ran.get(), std::this_thread::get_id());
}

TEST(Beside, AHostThatOwnsTheThreadsRunsItWhereItAsks) {
  bool began = false;
  auto ran = run_beside(Threading::manual, [&] {
    began = true;
    return std::this_thread::get_id();
  });
  EXPECT_FALSE(began);
  EXPECT_EQ(ran.get(), std::this_thread::get_id());
}

TEST(Beside, LettingGoOfTheResultWaitsForTheTask) {
  std::atomic<bool> ended = false;
  {
    const auto dropped = run_beside(Threading::own, [&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return ended.exchange(true);
    });
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace relais::runtime

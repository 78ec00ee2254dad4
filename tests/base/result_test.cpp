#include "relais/result.h"

#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <set>
#include <string>

#include "base/try.h"

namespace relais {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error(ErrorCode::invalid_argument, "The number is odd.");
  return n / 2;
}

Result<int> quarter(int n) {
  RELAIS_ASSIGN(const int once, half(n));
  return half(once);
}

TEST(Result, CarriesAValueOrTheErrorThatPreventedIt) {
  EXPECT_EQ(*half(4), 2);
  EXPECT_EQ(half(3).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(quarter(6).error().message(), "The number is odd.");
  EXPECT_EQ(*quarter(8), 2);
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  EXPECT_EQ(**result, 7);
  EXPECT_EQ(*std::move(result).value(), 7);
}

TEST(ResultDeathTest, ReadingTheValueOfAFailureEndsTheProcess) {
  EXPECT_EXIT((void)half(3).value(), ::testing::KilledBySignal(SIGABRT), "");
}

TEST(Error, SaysWhereAndWhetherToTryAgain) {
  EXPECT_EQ(Error(ErrorCode::bad_input, "not JSON").within("line 3").message(), "line 3: not JSON");
  EXPECT_EQ(Error(ErrorCode::unreachable, "").retry(), Retry::later);
  EXPECT_EQ(Error(ErrorCode::disk_full, "").retry(), Retry::after_user_acts);
  EXPECT_EQ(Error(ErrorCode::corrupt, "").retry(), Retry::never);
}

TEST(Error, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  int count = 0;
  for (int code = 100; code < 800; ++code) {
    const std::string_view name = to_string(static_cast<ErrorCode>(code));
    if (name == "unknown") continue;
    ++count;
    names.insert(name);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(count, 32);
}

}  // namespace
}  // namespace relais

#include "simulator/wire.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace relais::simulator {
namespace {

struct Heard {
  Bytes bytes;
  std::optional<Status> end;
};

/// A caller that writes some bytes, and a listener that receives them.
class Line : public ::testing::Test {
 protected:
  void open(const LinkConditions& conditions) {
    wire_ = make_wire(
        events_, testing::Chance(1), conditions, counts_, [](BytesView) {}, ends_);
    listen(*ends_.caller, caller_);
    listen(*ends_.called, called_);
  }
  static void listen(link::Link& link, Heard& heard) {
    link.start({[&](BytesView bytes) { heard.bytes.append(bytes); }, nullptr,
                [&](Status status) { heard.end.emplace(std::move(status)); }});
  }
  void say(std::size_t size) {
    ends_.caller->write(Bytes(size, 'x'));
    events_.run_until(events_.now() + std::chrono::minutes(1));
  }

  Events events_;
  Counts counts_;
  WireEnds ends_;
  std::shared_ptr<Wire> wire_;
  Heard caller_;
  Heard called_;
};

TEST_F(Line, BytesArriveInOrderAndBothHearTheEnd) {
  open({});
  say(10'000);
  EXPECT_EQ(called_.bytes, Bytes(10'000, 'x'));
  ends_.caller->close();
  events_.run_until(events_.now() + std::chrono::minutes(1));
  ASSERT_TRUE(called_.end && caller_.end);
  EXPECT_TRUE(called_.end->has_value());
  EXPECT_TRUE(caller_.end->has_value());
}

TEST_F(Line, ACutLosesTheRestAndBothHearOfIt) {
  LinkConditions conditions;
  conditions.cut_at = 5000;
  open(conditions);
  say(20'000);
  EXPECT_GE(called_.bytes.size(), 5000u);
  EXPECT_LT(called_.bytes.size(), 20'000u);
  ASSERT_TRUE(called_.end && caller_.end);
  EXPECT_EQ(called_.end->error().code(), ErrorCode::link_failed);
  EXPECT_EQ(counts_["fault: cut"], 1u);
}

TEST_F(Line, AHalfOpenLinkSaysNothing) {
  LinkConditions conditions;
  conditions.half_open_at = 5000;
  open(conditions);
  say(20'000);
  EXPECT_GT(called_.bytes.size(), 0u);
  EXPECT_LT(called_.bytes.size(), 20'000u);
  EXPECT_FALSE(called_.end);
  EXPECT_FALSE(caller_.end);
}

TEST_F(Line, AWrongByteIsOneByte) {
  LinkConditions conditions;
  conditions.corrupt_at = 5000;
  open(conditions);
  say(20'000);
  ASSERT_EQ(called_.bytes.size(), 20'000u);
  EXPECT_EQ(std::count(called_.bytes.begin(), called_.bytes.end(), 'x'), 19'999);
}

TEST_F(Line, ADeviceWithoutPowerIsHeardOfOrNot) {
  for (const bool silently : {false, true}) {
    called_ = {};
    open({});
    wire_->lose(Wire::End::caller, silently);
    say(100);
    EXPECT_TRUE(called_.bytes.empty());
    ASSERT_NE(called_.end.has_value(), silently);
    if (!silently) {
      EXPECT_FALSE(called_.end->has_value());
    }
    EXPECT_FALSE(caller_.end) << "it is off";
  }
}

}  // namespace
}  // namespace relais::simulator
